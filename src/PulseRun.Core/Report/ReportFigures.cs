using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Report;

/// <summary>Contains the figures of a report that can be compared with those of another one. They do not depend on the length of the report. Null is unknown.</summary>
internal sealed record ReportFigures
{
    /// <summary>Gets the start of the report.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gets the end of the report.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Gets the address of the account.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the time that an instance must be idle to count.</summary>
    public required TimeSpan IdleFor { get; init; }

    /// <summary>Gets the load below which a GPU is idle, in percent.</summary>
    public required double GpuBelow { get; init; }

    /// <summary>Gets the share of the read cost that was idle, from 0 to 1.</summary>
    public double? IdleShare { get; init; }

    /// <summary>Gets what idle hours cost in a month at the pace of the report.</summary>
    public decimal? IdleCostPerMonth { get; init; }

    /// <summary>Gets the share of the cost that readings cover, from 0 to 1.</summary>
    public double? Coverage { get; init; }

    /// <summary>Gets the burn rate at the end of the report, in dollars per hour.</summary>
    public decimal? BurnPerHour { get; init; }

    /// <summary>Gets the number of instances that were idle at the end of the report.</summary>
    public int? Idle { get; init; }

    /// <summary>Gets what they cost per hour.</summary>
    public decimal? IdlePerHour { get; init; }

    /// <summary>Gets the number of running instances without a current reading at the end of the report.</summary>
    public int? Blind { get; init; }

    /// <summary>Gets the idle share of each GPU type that readings cover.</summary>
    public IReadOnlyDictionary<string, double> IdleShares { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets the ids of the instances that were idle at the end of the report and have a line of their own.</summary>
    public IReadOnlyList<string> IdleIds { get; init; } = [];

    /// <summary>Returns the figures of a report.</summary>
    public static ReportFigures Of(FleetReport report)
    {
        bool isRead = report.Total.Covered > TimeSpan.Zero;
        bool isKnownNow = report.IsListed && report.ReadFrom is not null;
        return new ReportFigures
        {
            Since = report.Since,
            Until = report.Until,
            Address = report.Address,
            IdleFor = report.Rule.For,
            GpuBelow = report.Rule.GpuBelow,
            IdleShare = isRead ? report.Total.IdleShare : null,
            IdleCostPerMonth = isRead && !report.Total.HasUnknownPrice ? report.PerMonth(report.Total.IdleCost) : null,
            Coverage = report.Total.Cost > 0 ? (double)(report.Total.CoveredCost / report.Total.Cost) : null,
            BurnPerHour = report.BurnNow is { Unpriced: 0 } burn ? burn.PerHour : null,
            Idle = isKnownNow ? report.IdleNow.Count : null,
            IdlePerHour = isKnownNow && report.IdleNow.Unpriced == 0 ? report.IdleNow.PerHour : null,
            Blind = report.IsListed ? report.BlindNow.Count : null,
            IdleShares = report.Breakdowns.SelectMany(static breakdown => breakdown.Groups)
                .Where(static group => group.Name is not null && group.Sum.IdleShare is not null)
                .GroupBy(static group => group.Name!, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(static same => same.Key, static same => same.First().Sum.IdleShare!.Value, StringComparer.OrdinalIgnoreCase),
            IdleIds = report.Lines.Where(static line => line.IdleSince is not null).Select(static line => line.Id).ToList(),
        };
    }
}
