using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PulseRun.Core.Watch;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PulseRun.Views.Fleet;

/// <summary>Draws one frame of the fleet, as lines that are no wider than the window. Text from the server is never interpreted as markup.</summary>
internal sealed class FleetTable(int width, int height, ColorSystem colors, bool blocks)
{
    private static readonly Style s_plain = Style.Plain;
    private static readonly Style s_bold = new(decoration: Decoration.Bold);
    private static readonly Style s_dim = new(Color.Grey);
    private static readonly Style s_good = new(Color.Green);
    private static readonly Style s_warn = new(Color.Yellow);
    private static readonly Style s_bad = new(Color.Red);

    /// <summary>Returns the lines of the frame, at most as many as the window has.</summary>
    /// <param name="frame">The last refresh; null before the first one.</param>
    /// <param name="sort">The sort order.</param>
    /// <param name="status">The text of the last line.</param>
    public IReadOnlyList<string> Draw(FleetFrame? frame, FleetSort sort, string status)
    {
        var lines = new List<string>();
        if (frame is null)
        {
            lines.AddRange(Lines(Line("Reading the fleet ...", s_plain)));
        }
        else
        {
            lines.AddRange(Lines(Line(FleetText.Summary(frame), s_bold)));
            if (frame.Problem is { } problem)
                lines.AddRange(Lines(Line(FleetText.Clean(problem, 500), s_bad)));
            lines.AddRange(Rows(frame, FleetOrder.Sort(frame.Rows, sort), height - lines.Count - 1));
        }
        if (lines.Count >= height)
            lines.RemoveRange(Math.Max(0, height - 1), lines.Count - Math.Max(0, height - 1));
        lines.AddRange(Lines(Line(FleetText.Clean(status, 500), s_dim)));
        return lines;
    }

    private List<string> Rows(FleetFrame frame, IReadOnlyList<WatchedInstance> rows, int room)
    {
        // One line is the header, and one states the number of omitted rows.
        int shown = rows.Count < room ? rows.Count : Math.Max(0, room - 2);
        IReadOnlyList<(FleetColumn Column, int Width)> layout = FleetLayout.For(width);
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false, UseSafeBorder = false };
        foreach ((FleetColumn column, int cells) in layout)
        {
            bool last = column == layout[layout.Count - 1].Column;
            table.AddColumn(new TableColumn(Cell(FleetLayout.Title(column), cells, s_bold))
            {
                Width = cells,
                Padding = new Padding(0, 0, last ? 0 : 1, 0),
                Alignment = FleetLayout.IsRight(column) ? Justify.Right : Justify.Left,
            });
        }
        foreach (WatchedInstance row in rows.Take(shown))
            table.AddRow(layout.Select(one => Cell(FleetText.Cell(row, one.Column, one.Width, frame.Span, blocks), one.Width, StyleOf(row, one.Column))));
        var lines = new List<string>(Lines(table));
        if (shown < rows.Count)
            lines.AddRange(Lines(Line("and " + (rows.Count - shown) + " more", s_dim)));
        return lines;
    }

    private Text Line(string text, Style style) => Cell(text, width, style);

    private static Text Cell(string text, int cells, Style style) => new(Cut(text, cells), style) { Overflow = Overflow.Crop };

    /// <summary>Returns the beginning of a text that fits into a number of cells. East Asian characters take two cells.</summary>
    private static string Cut(string text, int cells)
    {
        if (text.GetCellWidth() <= cells)
            return text;
        int end = text.Length - 1;
        while (end > 0 && text.Remove(end).GetCellWidth() > cells - 1)
            end--;
        // A surrogate pair is not split.
        if (end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return cells > 0 ? text.Remove(end) + "…" : "";
    }

    private static Style StyleOf(WatchedInstance row, FleetColumn column)
    {
        bool runs = InstanceStatus.Is(row.Status, InstanceStatus.Running);
        return column switch
        {
            FleetColumn.Verdict or FleetColumn.Reason => row.Verdict switch { Verdict.Idle => s_warn, Verdict.Active => s_good, _ => s_dim },
            FleetColumn.Load or FleetColumn.Memory or FleetColumn.Read => runs ? s_plain : s_dim,
            FleetColumn.Status when InstanceStatus.IsFinal(row.Status) => s_bad,
            _ => InstanceStatus.IsBurning(row.Status) ? s_plain : s_dim,
        };
    }

    private string[] Lines(IRenderable renderable)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.No });
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Profile.Capabilities.ColorSystem = colors;
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Capabilities.Links = false;
        console.Write(renderable);
        return text.ToString().Replace("\r", "").TrimEnd('\n').Split('\n');
    }
}
