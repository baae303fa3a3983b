using System;
using System.Collections.Generic;
using PulseRun.Core.Cost;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>Contains the data that Export-PRReport writes.</summary>
internal sealed record FleetReport
{
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>Gets the profile; null without one.</summary>
    public string? Profile { get; init; }

    /// <summary>Gets the address of the account.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the name of the account for a reader: the profile, or the address.</summary>
    public string Title => Profile ?? Address;

    /// <summary>Gets the idle rule.</summary>
    public required IdleRule Rule { get; init; }

    /// <summary>True when the present list could be read.</summary>
    public bool IsListed { get; init; }

    /// <summary>Gets the present burn rate; null without a list.</summary>
    public Burn? BurnNow { get; init; }

    /// <summary>True when the records of this machine could be read.</summary>
    public bool IsRecorded { get; init; } = true;

    /// <summary>True when the readings may be percent or fractions, so that nothing is known of idle hours.</summary>
    public bool IsUnitUnclear { get; init; }

    /// <summary>Gets the instances that are known to be idle now.</summary>
    public Burn IdleNow { get; init; }

    /// <summary>Gets the running instances without a current reading.</summary>
    public Burn BlindNow { get; init; }

    /// <summary>Gets the number of running instances.</summary>
    public int RunningNow { get; init; }

    /// <summary>Gets what cleanups have saved; null when that is not known.</summary>
    public CleanupSavings? Saved { get; init; }

    /// <summary>Gets the time of the first reading in the time of the report; null without one.</summary>
    public DateTimeOffset? ReadFrom { get; init; }

    /// <summary>Gets the sums by property, each with the highest idle cost first. A grouping by owner is to be added here.</summary>
    public IReadOnlyList<ReportBreakdown> Breakdowns { get; init; } = [];

    /// <summary>Gets the burn rate over the time in which any instance is known to have been billed; empty without one.</summary>
    public IReadOnlyList<BurnPoint> BurnOverTime { get; init; } = [];

    /// <summary>Gets the most expensive instances, at most as many as requested.</summary>
    public IReadOnlyList<ReportLine> Lines { get; init; } = [];

    /// <summary>Gets the sum of all other instances, under an empty id; null when there are none.</summary>
    public ReportLine? Others { get; init; }

    public int OtherCount { get; init; }

    /// <summary>Gets the sum of all instances, under an empty id.</summary>
    public required ReportLine Total { get; init; }

    /// <summary>Gets the number of readings that were used.</summary>
    public long Readings { get; init; }

    /// <summary>True when this machine has recorded nothing in the time.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Gets what changed since an earlier report; null without one.</summary>
    public ReportComparison? Comparison { get; init; }

    /// <summary>Returns what idle hours cost in a month at the pace since the first reading; null when the readings do not cover the idle window yet.</summary>
    public decimal? PerMonth(decimal idleCost)
    {
        if (ReadFrom is not { } from || Until - from < Rule.For || Until <= from)
            return null;
        return idleCost * Burn.HoursPerMonth * TimeSpan.TicksPerHour / (Until - from).Ticks;
    }
}
