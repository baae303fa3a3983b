using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Core.Cost;
using PulseRun.Core.Text;

namespace PulseRun.Views.Fleet;

/// <summary>Returns the texts of the pages beside the table: the help, and the details of one instance.</summary>
internal static class FleetPages
{
    /// <summary>The highest price whose month is shown.</summary>
    private const decimal MostPerHour = 1_000_000_000;

    /// <summary>The width of the names at the left.</summary>
    private const int Indent = 12;

    /// <summary>Returns the lines of the help.</summary>
    public static IReadOnlyList<string> Help() =>
    [
        "Keys",
        "  q, Ctrl+C          end the view",
        "  Up, Down           select an instance (also k and j)",
        "  PgUp, PgDn         one page up or down (also Space)",
        "  Home, End          the first or the last instance (also g and G)",
        "  Enter              details of the selected instance",
        "  /                  filter, for example h100 idle (Enter keeps, Esc clears)",
        "  s                  sort by the next column",
        "  1 2 3 4 5          sort by cost, GPU load, verdict, state or id",
        "  Esc                back; then without the filter; then end the view",
        "  ?                  this page",
        "",
        "Columns",
        "  GPU load           the newest reading of the busiest GPU, and its history",
        "  Mem                GPU memory in use",
        "  $/h                dollars per hour while the instance is billed",
        "  Verdict, Reason    as Get-PRIdleInstance decides; only Idle is proven",
        "  Read               the age of the newest reading",
        "",
        "? is an unknown value, not 0. A blank in the history has no reading.",
        "If the request budget is too small for all, visible rows are read first.",
    ];

    /// <summary>Returns the lines of the details.</summary>
    /// <param name="row">The instance.</param>
    /// <param name="span">The time that the history bar covers.</param>
    /// <param name="width">The width of the window.</param>
    /// <param name="blocks">True when the terminal can show block characters.</param>
    public static IReadOnlyList<string> Details(WatchedInstance row, TimeSpan span, int width, bool blocks)
    {
        Instance instance = row.Instance;
        IdleVerdict verdict = row.Evidence;
        bool runs = FleetText.Runs(row);
        var lines = new List<string>
        {
            Line("Id", FleetText.Clean(row.Id)),
            Line("State", FleetText.Known(row.Status) + (runs && row.Instance.StartedAt is { } started ? ", up " + Display.Duration(row.ListedAt - started) : "")),
            Line("GPU", FleetText.Known(row.Gpu) + (FleetText.Clean(instance.GpuName) is { Length: > 0 } name ? " (" + name + ")" : "")),
            Line("Provider", FleetText.Known(row.Provider) + ", " + FleetText.Known(row.Region)),
            Line("Template", FleetText.Known(instance.Template) + (instance.Spot == true ? ", spot" : "")),
            Line("Price", row.CostPerHour is { } price ? Display.PerHour(price) + PerMonth(price) : "?"),
        };
        if (!runs)
            return lines;
        string peaks = " now, at most ";
        string window = " in the last " + Display.Duration(span);
        lines.Add(Line("GPU load", FleetText.Whole(row.GpuUtilization) + peaks + FleetText.Whole(verdict.PeakGpu) + window));
        lines.Add(Line("Memory", FleetText.Whole(row.MemoryUsage) + peaks + FleetText.Whole(verdict.PeakMemory) + window));
        lines.Add(Line("History", HistoryBar.Of(row.Samples, row.ListedAt, span, Math.Min(60, width - Indent), blocks)));
        lines.Add(Line("Verdict", row.Verdict + ", " + row.Reason));
        lines.Add(Line("", ReasonText.Of(row.Reason)));
        lines.Add(Line("Readings", verdict.SampleCount.ToString(CultureInfo.InvariantCulture) + window
            + (verdict.LargestGap is { } gap ? ", longest gap " + Display.Duration(gap) : "")
            + ", newest " + (row.SampledAt is { } at ? Display.Duration(row.ListedAt - at) + " old" : "?")));
        return lines;
    }

    /// <summary>Returns the price of a month; empty for a price so high that the product would overflow.</summary>
    private static string PerMonth(decimal price) => price < MostPerHour ? ", $" + (price * Burn.HoursPerMonth).ToString("N2", CultureInfo.InvariantCulture) + " a month" : "";

    private static string Line(string name, string text) => name.PadRight(Indent) + text;
}
