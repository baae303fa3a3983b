using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.Core.Text;

namespace PulseRun.Views.Report;

/// <summary>Formats the values of the report. Unknown values are a question mark, never 0.</summary>
internal static class ReportText
{
    private const string Unknown = "?";

    public static string Money(decimal? dollars) => dollars is { } known ? "$" + known.ToString("N2", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>Returns an amount that is a lower bound where a price is unknown; a question mark where every price is unknown.</summary>
    public static string Money(decimal dollars, bool isLowerBound) => !isLowerBound ? Money(dollars) : dollars > 0 ? "≥ " + Money(dollars) : Unknown;

    /// <summary>Returns the cost of an hour.</summary>
    public static string PerHour(Burn burn) =>
        burn.Count > 0 && burn.Unpriced == burn.Count ? "$?/h" : (burn.Unpriced > 0 ? "≥ " : "") + Display.PerHour(Math.Round(burn.PerHour, 2));

    /// <summary>Returns the cost of a month at this cost of an hour.</summary>
    public static string PerMonth(Burn burn) =>
        burn.Count > 0 && burn.Unpriced == burn.Count ? Unknown : (burn.Unpriced > 0 ? "≥ " : "") + Whole(burn.PerHour * Burn.HoursPerMonth);

    /// <summary>Returns an amount without cents where it is large.</summary>
    public static string Whole(decimal? dollars) => dollars is { } known ? "$" + known.ToString(known >= 100 ? "N0" : "N2", CultureInfo.InvariantCulture) : Unknown;

    public static string Price(decimal? price) => price is { } dollars ? "$" + dollars.ToString("0.00##", CultureInfo.InvariantCulture) : Unknown;

    public static string Hours(TimeSpan time) => time.TotalHours.ToString("N1", CultureInfo.InvariantCulture) + " h";

    public static string Percent(double? value) => value is { } percent ? percent.ToString("0", CultureInfo.InvariantCulture) + "%" : Unknown;

    /// <summary>Returns a share from 0 to 1 as a percentage. A share that is not 0 is not shown as 0, and one that is not whole not as 100.</summary>
    public static string Share(double? share) => share is not { } known ? Unknown
        : known is > 0 and < 0.01 ? "<1%"
        : known is > 0.99 and < 1 ? "99%"
        : Percent(known * 100);

    public static string Count(int count, string what) => count.ToString("N0", CultureInfo.InvariantCulture) + " " + what + (count == 1 ? "" : "s");

    public static string Day(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Returns a time of this report: without the year, which the header has.</summary>
    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("MMM d HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Returns the commands to copy next, each with what it does.</summary>
    public static IEnumerable<(string Command, string Does)> Next(FleetReport report)
    {
        string connect = report.Profile is { } profile ? "Connect-PulseRun -Profile " + Quoted(Html.Text(profile)) + "\n" : "";
        var usual = new IdleRule();
        string busy = report.Rule.GpuBelow == usual.GpuBelow ? "" : " -GpuBelow " + report.Rule.GpuBelow.ToString(CultureInfo.InvariantCulture);
        string time = report.Rule.For.ToString("c", CultureInfo.InvariantCulture);
        if (report.IdleNow.Count > 0)
            yield return (connect + "Get-PRIdleInstance -For " + time + busy + " | Stop-PRInstance -WhatIf", "shows which idle instances it would stop. Without -WhatIf it stops them, which ends their cost and keeps their disks.");
        else if (report.Readings == 0)
            yield return (connect + "Watch-PRInstance -For " + time + busy, "shows the fleet live and records readings. After " + Display.Duration(report.Rule.For) + " of readings this report can tell what is idle.");
        if (report.Readings > 0)
            yield return (connect + "Register-PRCleanup -IdleFor " + time + busy + " -WhatIf", "shows the scheduled task that stops instances as soon as they are idle. Without -WhatIf it registers the task.");
    }

    /// <summary>Returns a figure of a comparison.</summary>
    public static string Figure(ReportUnit unit, double? value) => value is not { } known ? Unknown : unit switch
    {
        ReportUnit.Share => Share(known),
        ReportUnit.Count => known.ToString("N0", CultureInfo.InvariantCulture),
        ReportUnit.DollarsPerHour => Money((decimal)known) + "/h",
        _ => Whole((decimal)known),
    };

    /// <summary>Returns the trend of a figure.</summary>
    public static string Trend(ReportTrend trend) => trend switch
    {
        ReportTrend.Unknown => Unknown,
        ReportTrend.Changed => "changed",
        _ => trend.ToString().ToLowerInvariant(),
    };

    private static string Quoted(string name) =>
        name.All(static one => one is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_') ? name : "'" + name.Replace("'", "''") + "'";
}
