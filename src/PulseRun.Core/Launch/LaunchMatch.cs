using System.Collections.Generic;

namespace PulseRun.Core.Launch;

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

/// <summary>What a look at the list says about a launch whose outcome is unknown.</summary>
internal enum LaunchMatchKind
{
    /// <summary>Look again.</summary>
    NotYet,

    /// <summary>It launched, and this is it.</summary>
    Matched,

    /// <summary>It launched, and its instance has ended since: nothing is left of it.</summary>
    Ended,

    /// <summary>It did not launch; doing it again is safe.</summary>
    NotLaunched,

    /// <summary>The list does not tell.</summary>
    Ambiguous,
}
