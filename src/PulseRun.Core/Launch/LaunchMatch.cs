using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Represents the result of <see cref="LaunchMatcher"/> for one launch.</summary>
internal sealed record LaunchMatch(LaunchMatchKind Kind)
{
    /// <summary>Gets the instance; only with Matched and Ended.</summary>
    public Instance? Instance { get; init; }

    /// <summary>Gets the properties it was matched by, for display; only with Matched and Ended.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>Gets the instances that may be the result of the launch.</summary>
    public IReadOnlyList<Instance> Candidates { get; init; } = [];

    /// <summary>Gets why the outcome is not known, as the end of a sentence; only with Ambiguous and NotYet.</summary>
    public string? Why { get; init; }
}

/// <summary>Specifies what a list shows about a launch whose outcome is unknown.</summary>
internal enum LaunchMatchKind
{
    /// <summary>The look does not decide: it is not the last one, or instances fit before this launch, or another one that they may belong to, has settled.</summary>
    NotYet,

    /// <summary>The launch created this instance.</summary>
    Matched,

    /// <summary>The launch created an instance, which has ended since.</summary>
    Ended,

    /// <summary>The launch created nothing; launching again is safe.</summary>
    NotLaunched,

    /// <summary>The list does not show the outcome.</summary>
    Ambiguous,
}
