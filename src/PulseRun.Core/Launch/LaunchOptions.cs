using System;

namespace PulseRun.Core.Launch;

/// <summary>On what terms the launches of one command are made.</summary>
internal sealed record LaunchOptions
{
    /// <summary>The most the whole fleet may cost in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>True when a price that is not known counts as 0, instead of refusing the launch.</summary>
    public bool AllowUnknownPrice { get; init; }

    /// <summary>How long after a launch whose outcome is unknown the list may still lack its instance.</summary>
    public TimeSpan Settle { get; init; } = DefaultSettle;

    public static readonly TimeSpan DefaultSettle = TimeSpan.FromSeconds(15);
}
