using System;

namespace PulseRun.Launching;

/// <summary>On what terms the launches of one command are made.</summary>
internal sealed record LaunchTerms
{
    /// <summary>The most the whole fleet may burn in dollars per hour; null for no lid.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>How long after a doubtful launch the list may still lack its instance.</summary>
    public TimeSpan Settle { get; init; } = LaunchSchedule.DefaultSettle;
}
