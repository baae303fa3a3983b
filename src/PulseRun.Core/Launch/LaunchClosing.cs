using System;

namespace PulseRun.Core.Launch;

/// <summary>Describes how an intent is closed.</summary>
/// <param name="Outcome">Launched or NotLaunched.</param>
/// <param name="Now">The time of closing.</param>
internal sealed record LaunchClosing(LaunchOutcome Outcome, DateTimeOffset Now)
{
    /// <summary>Gets the id of the launched instance; null unless Launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets what the instance was identified by, or why it does not exist.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>Gets the price per hour of the instance; null keeps the estimate.</summary>
    public decimal? Price { get; init; }

    /// <summary>True when the instance has already ended.</summary>
    public bool IsGone { get; init; }

    /// <summary>True when it is to be looked at once more, because it was closed as NotLaunched only because it was not listed.</summary>
    public bool NeedsAnotherLook { get; init; }

    /// <summary>Returns the closing of a launch that created an instance.</summary>
    public static LaunchClosing Launched(string instanceId, string? matchedBy, DateTimeOffset now, bool isGone = false) =>
        new(LaunchOutcome.Launched, now) { InstanceId = instanceId, MatchedBy = matchedBy, IsGone = isGone };

    /// <summary>Returns the closing of a launch that provably created nothing.</summary>
    public static LaunchClosing NotLaunched(DateTimeOffset now, string? matchedBy = null, bool needsAnotherLook = false) =>
        new(LaunchOutcome.NotLaunched, now) { MatchedBy = matchedBy, NeedsAnotherLook = needsAnotherLook };
}
