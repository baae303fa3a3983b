using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a launch whose outcome was unknown, with what was found since.</summary>
public sealed class Launch
{
    private readonly TextList<Instance> _candidates = TextList<Instance>.None;
    private readonly TextList<LaunchAttempt> _attempts = TextList<LaunchAttempt>.None;

    /// <summary>Gets the id of the launch in this machine's journal.</summary>
    public Guid IntentId { get; init; }

    /// <summary>Gets the outcome: Launched, NotLaunched, or Unknown.</summary>
    public LaunchOutcome Outcome { get; init; }

    /// <summary>Gets the id of the launched instance; null unless Launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets the instances that may be the result of the launch; empty when none was found.</summary>
    public IReadOnlyList<Instance> Candidates { get => _candidates; init => _candidates = TextList<Instance>.Of(value); }

    /// <summary>Gets the attempts of a launch with alternatives, oldest first; empty for a launch of one alternative.</summary>
    public IReadOnlyList<LaunchAttempt> Attempts { get => _attempts; init => _attempts = TextList<LaunchAttempt>.Of(value); }

    /// <summary>Gets the properties by which the instance was identified, because the API returns nothing unique. Null unless an instance was matched.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>Gets the requested GPU type.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Gets the requested template.</summary>
    public string Template { get; init; } = "";

    /// <summary>Gets the time of the request (UTC).</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Gets the time at which the outcome became known (UTC); null until then.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Gets the connection that the launch was sent with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the intent id and the outcome.</summary>
    public override string ToString() => IntentId + " " + Outcome;
}

/// <summary>Specifies the outcome of a launch.</summary>
public enum LaunchOutcome
{
    /// <summary>It is not known whether an instance was launched. Resolve-PRLaunch can find out later.</summary>
    Unknown,

    /// <summary>An instance was launched.</summary>
    Launched,

    /// <summary>No instance was launched; launching again is safe.</summary>
    NotLaunched,
}
