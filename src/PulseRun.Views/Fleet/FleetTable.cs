using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
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

    /// <summary>Returns the lines of the live table, at most as many as the window has.</summary>
    /// <param name="frame">The last refresh; null before the first one.</param>
    /// <param name="rows">The rows to choose from, in order.</param>
    /// <param name="top">The position of the first visible row.</param>
    /// <param name="selected">The position of the selected row; negative for none.</param>
    /// <param name="filter">The filter that selected the rows.</param>
    /// <param name="status">The text of the last line.</param>
    public IReadOnlyList<string> Draw(FleetFrame? frame, IReadOnlyList<WatchedInstance> rows, int top, int selected, string filter, string status)
    {
        List<string> lines = Head(frame);
        if (frame is not null)
        {
            int room = Math.Max(0, height - lines.Count - 2);
            List<string> table = Table(frame, rows, rows.Skip(top).Take(room).ToList());
            int line = selected - top + 1;
            if (line > 0 && line < table.Count)
                table[line] = Selected(table[line]);
            lines.AddRange(table);
            if (rows.Count == 0 && frame.IsListed)
                lines.AddRange(Lines(Line(filter.Length > 0 ? "No instance matches the filter. Esc clears it." : "There are no instances.", s_dim)));
        }
        return WithStatus(lines, status);
    }

    /// <summary>Returns the lines of a table without a selection. If not all rows fit, a line states how many are omitted.</summary>
    /// <param name="frame">The last refresh.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="status">The text of the last line.</param>
    public IReadOnlyList<string> Draw(FleetFrame frame, IReadOnlyList<WatchedInstance> rows, string status)
    {
        List<string> lines = Head(frame);
        int room = height - lines.Count - 1;
        // One line is the header, and one states the number of omitted rows.
        int shown = rows.Count < room ? rows.Count : Math.Max(0, room - 2);
        lines.AddRange(Table(frame, rows, rows.Take(shown).ToList()));
        if (shown < rows.Count)
            lines.AddRange(Lines(Line("and " + (rows.Count - shown) + " more", s_dim)));
        return WithStatus(lines, status);
    }

    /// <summary>Returns lines of text, each cut at the width of the window.</summary>
    public IReadOnlyList<string> Draw(IEnumerable<string> text, string status) => WithStatus(text.SelectMany(line => Lines(Line(line, s_plain))).ToList(), status);

    private List<string> Head(FleetFrame? frame)
    {
        if (frame is null)
            return Lines(Line("Reading the fleet ...", s_plain));
        List<string> lines = Lines(Line(FleetText.Summary(frame), s_bold));
        if (frame.Problem is { } problem)
            lines.AddRange(Lines(Line(FleetText.Clean(problem, 500), s_bad)));
        return lines;
    }

    private List<string> WithStatus(List<string> lines, string status)
    {
        if (lines.Count >= height)
            lines.RemoveRange(Math.Max(0, height - 1), lines.Count - Math.Max(0, height - 1));
        lines.AddRange(Lines(Line(FleetText.Clean(status, 500), s_dim)));
        return lines;
    }

    /// <summary>Returns the header and the visible rows. The widths depend on all rows, so that columns keep their place while the user scrolls.</summary>
    private List<string> Table(FleetFrame frame, IReadOnlyList<WatchedInstance> all, List<WatchedInstance> visible)
    {
        IReadOnlyList<(FleetColumn Column, int Width)> layout = FleetLayout.For(width, Needed(all));
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
        foreach (WatchedInstance row in visible)
            table.AddRow(layout.Select(one => Cell(FleetText.Cell(row, one.Column, one.Width, frame.Span, blocks), one.Width, StyleOf(row, one.Column))));
        return Lines(table);
    }

    /// <summary>Returns a drawn row as the selected one: inverted over the whole width. Written without the library, which writes no styles at all for a terminal without colours.</summary>
    private string Selected(string line)
    {
        string plain = Regex.Replace(line, "\u001b\\[[0-9;]*m", "", RegexOptions.None, TimeSpan.FromSeconds(1)).TrimEnd();
        return "\u001b[7m" + plain + new string(' ', Math.Max(0, width - plain.GetCellWidth())) + "\u001b[0m";
    }

    private static Dictionary<FleetColumn, int> Needed(IReadOnlyList<WatchedInstance> rows)
    {
        var needed = new Dictionary<FleetColumn, int>
        {
            [FleetColumn.Id] = 0, [FleetColumn.Status] = 0, [FleetColumn.Gpu] = 0, [FleetColumn.Provider] = 0, [FleetColumn.Region] = 0, [FleetColumn.Reason] = 0,
        };
        foreach (WatchedInstance row in rows)
        {
            Add(FleetColumn.Id, row.Id);
            Add(FleetColumn.Status, row.Status);
            Add(FleetColumn.Gpu, row.Gpu);
            Add(FleetColumn.Provider, row.Provider);
            Add(FleetColumn.Region, row.Region);
            if (FleetText.Runs(row))
                Add(FleetColumn.Reason, row.Reason.ToString());
        }
        return needed;

        void Add(FleetColumn column, string? text)
        {
            int cells = text is null ? 1 : text.GetCellWidth();
            if (cells > needed[column])
                needed[column] = cells;
        }
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
        bool runs = FleetText.Runs(row);
        return column switch
        {
            FleetColumn.Verdict or FleetColumn.Reason => row.Verdict switch { Verdict.Idle => s_warn, Verdict.Active => s_good, _ => s_dim },
            FleetColumn.Load or FleetColumn.Memory or FleetColumn.Read => runs ? s_plain : s_dim,
            FleetColumn.Status when InstanceStatus.IsFinal(row.Status) => s_bad,
            _ => InstanceStatus.IsBurning(row.Status) ? s_plain : s_dim,
        };
    }

    private List<string> Lines(IRenderable renderable)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.No });
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Profile.Capabilities.ColorSystem = colors;
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Capabilities.Links = false;
        console.Write(renderable);
        return [.. text.ToString().Replace("\r", "").TrimEnd('\n').Split('\n')];
    }
}
