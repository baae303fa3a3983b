using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.Text;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>Formats the texts of the view. Text from the server is cleaned, because a terminal executes control characters.</summary>
internal static class FleetText
{
    /// <summary>Returns the text of one cell of the table.</summary>
    /// <param name="row">The instance.</param>
    /// <param name="column">The column.</param>
    /// <param name="width">The width of the column, which determines the length of the history bar.</param>
    /// <param name="span">The time that the bar covers.</param>
    /// <param name="blocks">True when the terminal can show block characters.</param>
    public static string Cell(WatchedInstance row, FleetColumn column, int width, TimeSpan span, bool blocks) => column switch
    {
        FleetColumn.Id => Clean(row.Id),
        FleetColumn.Status => Known(row.Status),
        FleetColumn.Gpu => Known(row.Gpu),
        FleetColumn.Provider => Known(row.Provider),
        FleetColumn.Region => Known(row.Region),
        FleetColumn.Load => Load(row).PadLeft(FleetLayout.LoadPrefix - 1) + " " + HistoryBar.Of(row.Samples, row.ListedAt, span, width - FleetLayout.LoadPrefix, blocks),
        FleetColumn.Memory => Runs(row) ? Whole(row.MemoryUsage) : "",
        FleetColumn.Price => Price(row.CostPerHour),
        FleetColumn.Verdict => Runs(row) ? row.Verdict.ToString() : "",
        FleetColumn.Reason => Runs(row) ? row.Reason.ToString() : "",
        FleetColumn.Idle => Runs(row) && row.IdleFor is { } idle ? Display.Duration(idle) : "",
        FleetColumn.Read => !Runs(row) ? "" : row.SampledAt is { } at ? Display.Duration(row.ListedAt - at) : "?",
        _ => "",
    };

    /// <summary>Returns a summary of the fleet in one line: the number of instances, the burn rate, the balance with its runway, and the idle instances.</summary>
    public static string Summary(FleetFrame frame)
    {
        if (!frame.IsListed)
            return "? instances, ? billed $?/h";
        var parts = new List<string>
        {
            Count(frame.Rows.Count, "instance"),
            frame.Burn.Count + " billed " + Cost(frame.Burn),
        };
        if (frame.Balance is { } balance)
        {
            parts.Add("balance " + Clean(balance.ToString()));
            if (frame.Runway is { } runway)
                parts.Add("runway " + Display.Duration(runway));
        }
        List<WatchedInstance> idle = frame.Rows.Where(static row => row.Verdict == Verdict.Idle).ToList();
        if (idle.Count > 0)
            parts.Add(idle.Count + " idle " + Cost(Burn.Of(idle.Select(static row => row.Instance))));
        return string.Join(", ", parts);
    }

    /// <summary>Returns a refresh as plain lines for files and pipes: one line for the fleet, then one per instance.</summary>
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
                + (row.IdleFor is { } idle ? " idle=" + Display.Duration(idle) : "")
            : line;
    }

    /// <summary>Returns text from a server without control characters and limited in length.</summary>
    public static string Clean(string? text, int longest = 64) => text is null ? "" : CleanText.Clean(text, longest);

    /// <summary>Returns the cleaned text; a question mark when the server sent none.</summary>
    public static string Known(string? text) => Clean(text) is { Length: > 0 } known ? known : "?";

    /// <summary>Returns a percentage without decimals; a question mark for an unknown one.</summary>
    public static string Whole(double? percent) => percent is { } value ? Math.Min(Math.Round(value), 999).ToString("0", CultureInfo.InvariantCulture) + "%" : "?";

    /// <summary>True when the instance is running, so that it has a load and a verdict.</summary>
    public static bool Runs(WatchedInstance row) => InstanceStatus.Is(row.Status, InstanceStatus.Running);

    /// <summary>Returns the cost of a part of the fleet. Without any known price it is unknown, not 0.</summary>
    private static string Cost(Burn burn) => burn.Count > 0 && burn.Unpriced == burn.Count ? "$?/h" : Display.PerHour(burn.PerHour) + (burn.Unpriced > 0 ? " or more" : "");

    private static string Word(string? text) => Clean(text) is { Length: > 0 } word ? word.Replace(' ', '_') : "?";

    private static string Load(WatchedInstance row) => Runs(row) ? Whole(row.GpuUtilization) : "-";

    private static string Price(decimal? price) => price is { } dollars ? dollars.ToString("0.00##", CultureInfo.InvariantCulture) : "?";

    private static string Count(int count, string what) => count.ToString(CultureInfo.InvariantCulture) + " " + what + (count == 1 ? "" : "s");
}
