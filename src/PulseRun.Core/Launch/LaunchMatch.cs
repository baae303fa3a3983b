using System.Collections.Generic;

namespace PulseRun.Launching;

/// <summary>The answer of <see cref="LaunchMatcher"/>.</summary>
internal sealed record LaunchMatch(LaunchMatchKind Kind)
{
    /// <summary>The instance; only with Matched and Ended.</summary>
    public Instance? Instance { get; init; }

    /// <summary>What it was matched by, as a person reads it; only with Matched and Ended.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>What may be it.</summary>
    public IReadOnlyList<Instance> Candidates { get; init; } = [];

    /// <summary>Why it cannot be told, as the end of a sentence; only with Ambiguous.</summary>
    public string? Why { get; init; }
}
