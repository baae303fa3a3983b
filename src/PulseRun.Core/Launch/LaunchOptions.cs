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

    public static readonly TimeSpan DefaultSettle = TimeSpan.FromSeconds(15);
}
