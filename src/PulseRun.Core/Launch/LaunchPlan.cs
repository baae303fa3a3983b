using System;
using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Represents alternatives for one launch, in the order in which they are tried. At most one of them becomes an instance.</summary>
/// <param name="Alternatives">The launches, at least one and each once.</param>
internal sealed record LaunchPlan(IReadOnlyList<LaunchRequest> Alternatives)
{
    public static readonly TimeSpan DefaultRetryEvery = TimeSpan.FromSeconds(60);

    /// <summary>The longest time for which a plan may go on.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromDays(1);

    /// <summary>Gets how long the plan begins again after all alternatives were refused; zero for one round.</summary>
    public TimeSpan RetryFor { get; init; }

    /// <summary>Gets the time between two rounds, once they have backed off to it.</summary>
    public TimeSpan RetryEvery { get; init; } = DefaultRetryEvery;

    /// <summary>True when there is nothing to choose and nothing to repeat, so that the launch is an ordinary one.</summary>
    public bool IsSingle => Alternatives.Count == 1 && RetryFor == TimeSpan.Zero;

    /// <summary>Gets how long a refused alternative is not asked for again, by any launch of the command. A shorter time between rounds is the wish of the user.</summary>
    public TimeSpan Rest => RetryEvery < PlanRefusals.LongestRest ? RetryEvery : PlanRefusals.LongestRest;
}
