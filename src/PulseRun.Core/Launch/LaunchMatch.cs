using System.Collections.Generic;

namespace PulseRun.Launching;

/// <summary>The answer of <see cref="LaunchMatcher"/>.</summary>
internal sealed record LaunchMatch(LaunchMatchKind Kind)
{
    /// <summary>The instance to adopt; only with Matched.</summary>
    public Instance? Instance { get; init; }

    /// <summary>What it was matched by, as a person reads it; only with Matched.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>What may be it.</summary>
    public IReadOnlyList<Instance> Candidates { get; init; } = [];

    /// <summary>Why nobody can tell, as the end of a sentence; only with Ambiguous.</summary>
    public string? Why { get; init; }
}
