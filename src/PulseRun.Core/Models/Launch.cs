using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>A launch whose outcome was in doubt, and what was found out.</summary>
public sealed class Launch
{
    /// <summary>The launch's name in this machine's journal.</summary>
    public Guid IntentId { get; init; }

    /// <summary>Launched, NotLaunched, or Unknown while nobody can tell.</summary>
    public LaunchOutcome Outcome { get; init; }

    /// <summary>The instance it became; null unless Launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The instances that may be it. Empty when none was found.</summary>
    public IReadOnlyList<Instance> Candidates { get; init; } = [];

    /// <summary>What the instance was recognised by: the API echoes nothing unique. Null unless it was matched.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>The GPU type that was asked for.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>The template that was asked for.</summary>
    public string Template { get; init; } = "";

    /// <summary>When the launch was asked for (UTC).</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>When its outcome became known (UTC); null while it is not.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The connection it was sent with. Hidden, so that no formatter or serialiser shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Answers the intent and its outcome, as people read them.</summary>
    public override string ToString() => IntentId + " " + Outcome;
}

/// <summary>How a launch ended.</summary>
public enum LaunchOutcome
{
    /// <summary>Nobody can tell yet. Resolve-PRLaunch finds out later.</summary>
    Unknown,

    /// <summary>The instance exists.</summary>
    Launched,

    /// <summary>There is no instance: it is safe to launch again.</summary>
    NotLaunched,
}
