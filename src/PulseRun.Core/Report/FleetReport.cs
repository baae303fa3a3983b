using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>Contains the data that Export-PRReport writes.</summary>
internal sealed record FleetReport
{
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>Gets the profile and the address, which identify the account to a reader.</summary>
    public required string Account { get; init; }

    /// <summary>Gets the idle rule.</summary>
    public required IdleRule Rule { get; init; }

    /// <summary>True when the present list could be read.</summary>
    public bool IsListed { get; init; }

    /// <summary>Gets the present burn rate, in dollars per hour; null without a list.</summary>
    public decimal? BurnNow { get; init; }

    public IReadOnlyList<BurnPoint> Burn { get; init; } = [];

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
}
