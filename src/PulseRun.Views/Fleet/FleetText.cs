using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>What the view says, in words. Everything a server sent is cleaned: a terminal obeys some characters.</summary>
internal static class FleetText
{
    /// <summary>One cell of the table.</summary>
    /// <param name="row">The instance.</param>
    /// <param name="column">Which cell.</param>
    /// <param name="width">How wide the column is: it sets the length of the history bar.</param>
    /// <param name="span">How far back the bar goes.</param>
    /// <param name="blocks">Whether the terminal shows blocks.</param>
    public static string Cell(WatchedInstance row, FleetColumn column, int width, TimeSpan span, bool blocks) => column switch
    {
        FleetColumn.Id => Clean(row.Id),
        FleetColumn.Status => Clean(row.Status),
        FleetColumn.Gpu => Clean(row.Gpu),
        FleetColumn.Provider => Clean(row.Provider),
        FleetColumn.Region => Clean(row.Region),
        FleetColumn.Load => Load(row).PadLeft(FleetLayout.LoadPrefix - 1) + " " + HistoryBar.Of(row.Samples, row.ListedAt, span, width - FleetLayout.LoadPrefix, blocks),
        FleetColumn.Memory => Runs(row) ? Whole(row.MemoryUsage) : "",
        FleetColumn.Price => Price(row.CostPerHour),
        FleetColumn.Verdict => Runs(row) ? row.Verdict.ToString() : "",
        FleetColumn.Reason => Runs(row) ? row.Reason.ToString() : "",
        FleetColumn.Read => Runs(row) && row.SampledAt is { } at ? Display.Duration(row.ListedAt - at) : "",
        _ => "",
    };

    /// <summary>The fleet in one line: how many, what burns, how long the credit lasts, what is idle.</summary>
    public static string Summary(FleetFrame frame)
    {
        var parts = new List<string>
        {
            Count(frame.Rows.Count, "instance"),
            frame.Burn.Count + " burning " + Display.PerHour(frame.Burn.PerHour) + (frame.Burn.Unpriced > 0 ? " or more" : ""),
        };
        if (frame.Balance is { } balance)
        {
            parts.Add("balance " + Clean(balance.ToString()));
            if (frame.Runway is { } runway)
                parts.Add("runway " + Display.Duration(runway));
        }
        List<WatchedInstance> idle = frame.Rows.Where(static row => row.Verdict == Verdict.Idle).ToList();
        if (idle.Count > 0)
            parts.Add(idle.Count + " idle " + Display.PerHour(PulseRun.Core.Cost.Burn.Of(idle.Select(static row => row.Instance)).PerHour));
        return string.Join(", ", parts);
    }

    /// <summary>The refresh as plain lines, for files and pipes: one for the fleet, then one for each instance.</summary>
    public static IReadOnlyList<string> Lines(FleetFrame frame, FleetSort sort)
    {
        string at = frame.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var lines = new List<string>(frame.Rows.Count + 1) { at + " fleet: " + Summary(frame) };
        lines.AddRange(FleetOrder.Sort(frame.Rows, sort).Select(row => at + " " + Line(row)));
        return lines;
    }

    private static string Line(WatchedInstance row)
    {
        string line = Clean(row.Id) + " " + Word(row.Status) + " " + Word(row.Gpu) + " " + (row.CostPerHour is { } cost ? Display.PerHour(cost) : "$?/h");
        return Runs(row)
            ? line + " gpu=" + Display.Percent(row.GpuUtilization) + " mem=" + Display.Percent(row.MemoryUsage) + " " + row.Verdict + " " + row.Reason
            : line;
    }

    /// <summary>Text from a server: cleaned, and never long.</summary>
    public static string Clean(string? text, int longest = 64) => text is null ? "" : CleanText.Clean(text, longest);

    private static string Word(string? text) => Clean(text) is { Length: > 0 } word ? word.Replace(' ', '_') : "?";

    private static string Load(WatchedInstance row) => Runs(row) ? Whole(row.GpuUtilization) : "-";

    private static string Whole(double? percent) => percent is { } value ? Math.Min(Math.Round(value), 999).ToString("0", CultureInfo.InvariantCulture) + "%" : "?";

    private static string Price(decimal? price) => price is { } dollars ? dollars.ToString("0.00##", CultureInfo.InvariantCulture) : "?";

    private static bool Runs(WatchedInstance row) => InstanceStatus.Is(row.Status, InstanceStatus.Running);

    private static string Count(int count, string what) => count.ToString(CultureInfo.InvariantCulture) + " " + what + (count == 1 ? "" : "s");
}
