using System;

namespace PulseRun.Core.Launch;

/// <summary>Contains the options for the launches of one command.</summary>
internal sealed record LaunchOptions
{
    /// <summary>Gets the cost limit of the whole fleet, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>True when an unknown price counts as 0 instead of preventing the launch.</summary>
    public bool AllowUnknownPrice { get; init; }

    /// <summary>True when an instance that was created at the time of sending by the wall clock of this machine fits too. For launches whose lifetime has ended: while their instance is not found, it is billed without an end.</summary>
    public bool TrustsWallClock { get; init; }

    /// <summary>Gets how long the list may lack a launched instance.</summary>
    public TimeSpan Settle { get; init; } = DefaultSettle;

    /// <summary>Gets how long after an unclear answer the list is looked at once more before a plan asks for its next alternative.</summary>
    public TimeSpan PlanSettle { get; init; } = DefaultSettle;

    /// <summary>Gets how many attempts of plans run at the same time. A plan that waits is not counted.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>Gets the source of random numbers from 0 to 1 for the jitter of plans; null for that of the client.</summary>
    public Func<double>? Random { get; init; }

    public static readonly TimeSpan DefaultSettle = TimeSpan.FromSeconds(15);

    /// <summary>The time for which a list may lack an instance at most, before a plan goes on by itself. An assumption; the API documents no bound.</summary>
    public static readonly TimeSpan DefaultPlanSettle = TimeSpan.FromSeconds(60);
}
