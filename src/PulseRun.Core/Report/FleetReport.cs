using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>What Export-PRReport writes down.</summary>
internal sealed record FleetReport
{
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>Which account, as a person knows it: the profile and the address.</summary>
    public required string Account { get; init; }

    /// <summary>What counted as idle.</summary>
    public required IdleRule Rule { get; init; }

    /// <summary>Whether the list of now could be read.</summary>
    public bool IsListed { get; init; }

    /// <summary>What burns now, in dollars per hour; null without a list.</summary>
    public decimal? BurnNow { get; init; }

    public IReadOnlyList<BurnPoint> Burn { get; init; } = [];

    /// <summary>The dearest instances, at most as many as were asked for.</summary>
    public IReadOnlyList<ReportLine> Lines { get; init; } = [];

    /// <summary>All the others together, under an empty id; null when there are none.</summary>
    public ReportLine? Others { get; init; }

    public int OtherCount { get; init; }

    /// <summary>Everything together, under an empty id.</summary>
    public required ReportLine Total { get; init; }

    /// <summary>How many readings went in.</summary>
    public long Readings { get; init; }

    /// <summary>Whether this machine remembers nothing of the time.</summary>
    public bool IsEmpty { get; init; }
}
