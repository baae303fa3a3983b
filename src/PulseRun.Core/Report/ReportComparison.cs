using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Report;

/// <summary>Represents what changed from an earlier report to this one.</summary>
/// <param name="Earlier">The figures of the earlier report.</param>
/// <param name="Changes">The changes, the whole fleet first, then each GPU type.</param>
/// <param name="NewlyIdle">The ids of the instances that are idle now and were not.</param>
/// <param name="NoLongerIdle">The ids of the instances that were idle and are not now.</param>
internal sealed record ReportComparison(ReportFigures Earlier, IReadOnlyList<ReportChange> Changes, IReadOnlyList<string> NewlyIdle, IReadOnlyList<string> NoLongerIdle)
{
    /// <summary>The part of a figure up to which a difference counts as none.</summary>
    private const double Tolerance = 0.01;

    /// <summary>The difference of two shares up to which it counts as none: half a percent.</summary>
    private const double ShareTolerance = 0.005;

    /// <summary>Returns the changes from one report to a later one.</summary>
    public static ReportComparison Of(ReportFigures earlier, ReportFigures now) => new(
        earlier,
        [
            Change("idleShare", "idle share of the cost", ReportUnit.Share, earlier.IdleShare, now.IdleShare, isLessBetter: true),
            Change("idleCostPerMonth", "idle cost a month", ReportUnit.Dollars, (double?)earlier.IdleCostPerMonth, (double?)now.IdleCostPerMonth, isLessBetter: true),
            Change("idle", "instances idle now", ReportUnit.Count, earlier.Idle, now.Idle, isLessBetter: true),
            Change("idlePerHour", "cost of what is idle now", ReportUnit.DollarsPerHour, (double?)earlier.IdlePerHour, (double?)now.IdlePerHour, isLessBetter: true),
            Change("blind", "blind instances now", ReportUnit.Count, earlier.Blind, now.Blind, isLessBetter: true),
            Change("coverage", "share of the cost that readings cover", ReportUnit.Share, earlier.Coverage, now.Coverage, isLessBetter: false),
            // A larger fleet is neither better nor worse.
            Change("burnPerHour", "burn rate now", ReportUnit.DollarsPerHour, (double?)earlier.BurnPerHour, (double?)now.BurnPerHour, isLessBetter: null),
            .. earlier.IdleShares.Keys.Union(now.IdleShares.Keys, StringComparer.OrdinalIgnoreCase).OrderBy(static name => name, StringComparer.Ordinal)
                .Select(gpu => Change("idleShare", "idle share of " + gpu, ReportUnit.Share, Find(earlier, gpu), Find(now, gpu), isLessBetter: true) with { Gpu = gpu }),
        ],
        now.IdleIds.Except(earlier.IdleIds, StringComparer.Ordinal).ToList(),
        earlier.IdleIds.Except(now.IdleIds, StringComparer.Ordinal).ToList());

    /// <summary>Returns what makes the two reports hard to compare, in sentences for the user.</summary>
    public static IEnumerable<string> Doubts(ReportFigures earlier, ReportFigures now)
    {
        if (!string.Equals(earlier.Address.TrimEnd('/'), now.Address.TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
            yield return "The earlier report is of another account address, so the changes may be those between two fleets.";
        if (earlier.IdleFor != now.IdleFor || earlier.GpuBelow != now.GpuBelow)
            yield return "The earlier report used another idle rule (-IdleFor or -GpuBelow), so its idle figures mean something else.";
    }

    private static double? Find(ReportFigures figures, string gpu) => figures.IdleShares.TryGetValue(gpu, out double share) ? share : null;

    private static ReportChange Change(string name, string title, ReportUnit unit, double? before, double? now, bool? isLessBetter)
    {
        ReportTrend trend;
        if (before is not { } old || now is not { } present)
            trend = ReportTrend.Unknown;
        else if (Math.Abs(present - old) <= (unit == ReportUnit.Share ? ShareTolerance : unit == ReportUnit.Count ? 0 : Tolerance * Math.Max(Math.Abs(old), Math.Abs(present))))
            trend = ReportTrend.Same;
        else
            trend = isLessBetter is not { } less ? ReportTrend.Changed : present < old == less ? ReportTrend.Better : ReportTrend.Worse;
        return new ReportChange(name, title, unit, before, now, trend);
    }
}

/// <summary>Represents the change of one figure.</summary>
/// <param name="Name">The name in the JSON format.</param>
/// <param name="Title">The name for a reader.</param>
/// <param name="Unit">The unit of the figure.</param>
/// <param name="Before">The figure of the earlier report; null when unknown.</param>
/// <param name="Now">The figure of this report; null when unknown.</param>
/// <param name="Trend">Better, worse, or neither.</param>
internal sealed record ReportChange(string Name, string Title, ReportUnit Unit, double? Before, double? Now, ReportTrend Trend)
{
    /// <summary>Gets the GPU type that the figure is about; null for the whole fleet.</summary>
    public string? Gpu { get; init; }
}

/// <summary>Specifies whether a change is good.</summary>
internal enum ReportTrend
{
    /// <summary>One of the two figures is not known.</summary>
    Unknown,

    /// <summary>There is no change worth naming.</summary>
    Same,

    /// <summary>The figure improved.</summary>
    Better,

    /// <summary>The figure got worse.</summary>
    Worse,

    /// <summary>The figure changed, and that is neither good nor bad by itself.</summary>
    Changed,
}

/// <summary>Specifies what a figure counts.</summary>
internal enum ReportUnit
{
    /// <summary>A part of 1.</summary>
    Share,

    /// <summary>Dollars.</summary>
    Dollars,

    /// <summary>Dollars per hour.</summary>
    DollarsPerHour,

    /// <summary>A number of things.</summary>
    Count,
}
