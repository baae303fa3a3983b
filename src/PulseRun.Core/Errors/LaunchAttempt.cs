using System;
using System.Globalization;

namespace PulseRun;

/// <summary>Represents one attempt of a launch plan: what was asked for, when, and what the answer was.</summary>
public sealed class LaunchAttempt
{
    /// <summary>Gets the number of the attempt, from 1; 0 for an alternative that was not asked for, because the server had just refused it to another launch of the same command.</summary>
    public int Number { get; init; }

    /// <summary>Gets the requested GPU type.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Gets the requested region; null for the server's default.</summary>
    public string? Region { get; init; }

    /// <summary>Gets the requested provider; null for the server's default.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets whether a spot instance was requested; null for the server's default.</summary>
    public bool? Spot { get; init; }

    /// <summary>Gets the time at which the attempt began (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets how long the attempt took, including the search for a launch whose answer was lost; null while it is under way.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the error id of the answer; null when an instance was launched, or while no answer is known.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Gets the answer in words; null while it is not known.</summary>
    public string? Answer { get; init; }

    /// <summary>Gets the id of the launched instance; null when none was launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Returns the number, what was asked for, and the answer.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "{0}{1}, region {2}, {3}{4}: {5}",
        Number == 0 ? "" : Number + ". ",
        Gpu,
        Region ?? "any",
        Provider is null ? "" : Provider + ", ",
        Spot == true ? "spot" : "on demand",
        InstanceId is not null && ErrorId is null ? "launched " + InstanceId : ErrorId ?? "no answer is known");

    internal LaunchAttempt Ended(TimeSpan duration, string? errorId, string answer, string? instanceId) => new()
    {
        Number = Number,
        Gpu = Gpu,
        Region = Region,
        Provider = Provider,
        Spot = Spot,
        StartedAt = StartedAt,
        Duration = duration,
        ErrorId = errorId,
        Answer = answer,
        InstanceId = instanceId,
    };
}
