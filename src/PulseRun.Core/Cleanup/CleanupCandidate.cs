using System;
using PulseRun.Core.Idle;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents one listed instance with what is known about it.</summary>
internal sealed record CleanupCandidate(Instance Instance)
{
    /// <summary>Gets the idle verdict; null for an instance that is not running.</summary>
    public IdleVerdict? Verdict { get; init; }

    /// <summary>True when the metrics of the instance were requested in this run. An instance that the request budget left out does not count as evidence of an outage.</summary>
    public bool WasAsked { get; init; }

    /// <summary>Gets the reason why the metrics of the instance were not requested in this run, although the request budget allowed it; None when they were, or when the budget left it out.</summary>
    public ReadingRest Rest { get; init; }

    /// <summary>Gets the verdict over -WarnAfter; null without a warning before the stop.</summary>
    public IdleVerdict? Early { get; init; }

    /// <summary>Gets the recorded warning of the present idle spell; null without one.</summary>
    public IdleWarning? Warning { get; init; }

    public bool IsProtected { get; init; }

    /// <summary>True when more than the limit of a budget is spent that covers the instance, and the budget stops its instances.</summary>
    public bool IsOverBudget { get; init; }

    /// <summary>Gets the note of the instance, which has its lifetime and its off hours; null without one.</summary>
    public InstanceNote? Note { get; init; }

    /// <summary>Gets the time since which every recorded observation shows the instance as stopped, with no gap above <see cref="CleanupRule.LongestUnseen"/>; null when there is no such time.</summary>
    public DateTimeOffset? StoppedSince { get; init; }
}
