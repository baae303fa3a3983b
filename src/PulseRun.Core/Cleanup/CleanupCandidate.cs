using System;

namespace PulseRun.Core.Cleanup;

/// <summary>One listed instance, and what is known of it.</summary>
internal sealed record CleanupCandidate(Instance Instance)
{
    /// <summary>Null for an instance whose idleness is not in question: one that does not run.</summary>
    public IdleVerdict? Verdict { get; init; }

    /// <summary>True when its metrics were asked for in this run. What the request budget left out says nothing about an outage.</summary>
    public bool WasAsked { get; init; }

    public bool IsProtected { get; init; }

    /// <summary>Since when the history has seen it stopped at every look, with no gap above <see cref="CleanupRule.LongestUnseen"/>; null when it has not.</summary>
    public DateTimeOffset? StoppedSince { get; init; }
}
