using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>Draws the live view on the alternate screen of the terminal, without a cursor. The terminal is restored once, by the first call of <see cref="Keep"/> or <see cref="Dispose"/>.</summary>
internal sealed class FleetScreen(ITerminal terminal, WatchOptions options, TimeProvider time) : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[0m\u001b[?25h\u001b[?1049l";
    private const string Clear = "\u001b[2J";
    private const string ToEndOfLine = "\u001b[K";

    private readonly object _lock = new();
    private FleetViewState _state = new() { Sort = options.Sort };
    private FleetFrame? _frame;
    private DateTimeOffset? _next;
    private string? _waiting;
    private (int Width, int Height) _size;
    private (FleetFrame? Frame, FleetSort Sort, string Filter) _sorted;
    private IReadOnlyList<WatchedInstance> _rows = [];
    private IReadOnlyList<string> _ids = [];
    private IReadOnlyList<string> _visible = [];
    private IReadOnlyList<string> _drawn = [];
    private bool _entered;
    private bool _left;

    /// <summary>Draws the result of a refresh.</summary>
    /// <param name="frame">The result; null to keep the last one.</param>
    /// <param name="next">The time of the next refresh; null while a refresh is under way.</param>
    public void Show(FleetFrame? frame, DateTimeOffset? next)
    {
        lock (_lock)
        {
            _frame = frame ?? _frame;
            _next = next;
            Draw();
        }
    }

    /// <summary>Handles pressed keys, and redraws when the size of the window or the reason for waiting has changed.</summary>
    /// <param name="waiting">The reason for a wait; null for none.</param>
    /// <returns>False when the user ends the view.</returns>
    public bool Obey(string? waiting)
    {
        lock (_lock)
        {
            bool changed = waiting != _waiting || _size != (terminal.Width, terminal.Height);
            _waiting = waiting;
            while (!_left && terminal.ReadKey() is { } key)
            {
                SelectRows();
                FleetViewState pressed = _state.Press(key, _ids, Room);
                changed |= pressed != _state;
                _state = pressed;
                if (_state.IsOver)
                    return false;
            }
            if (changed)
                Draw();
            return true;
        }
    }

    /// <summary>Restores the terminal, and writes the last table to it, so that it stays readable.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            if (_left)
                return;
            Dispose();
            if (_frame is null)
                return;
            SelectRows();
            string last = _frame.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) + ", sorted by " + Name(_state.Sort)
                + (_state.Filter.Length > 0 ? ", filter " + FleetText.Clean(_state.Filter) : "");
            foreach (string line in Table().Draw(_frame, _rows, last))
                terminal.Write(line + Environment.NewLine);
        }
    }

    /// <summary>Restores the terminal. Nothing is drawn afterwards.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_entered && !_left)
                terminal.Write(Leave);
            _left = true;
        }
    }

    /// <summary>Gets the number of rows that fit below the summary, a problem and the header, and above the status line.</summary>
    private int Room => Math.Max(0, terminal.Height - 3 - (_frame?.Problem is null ? 0 : 1));

    private void Draw()
    {
        if (_left)
            return;
        var screen = new StringBuilder();
        if (!_entered)
            screen.Append(Enter);
        if (!_entered || _size != (terminal.Width, terminal.Height))
        {
            // A terminal may move lines when its window changes, so everything is drawn again.
            screen.Append(Clear);
            _drawn = [];
        }
        _entered = true;
        _size = (terminal.Width, terminal.Height);
        IReadOnlyList<string> lines = Picture();
        for (int row = 0; row < Math.Max(lines.Count, _drawn.Count); row++)
        {
            string line = row < lines.Count ? lines[row] : "";
            if (row < _drawn.Count && _drawn[row] == line)
                continue;
            // Each line is positioned with an escape sequence, because a line feed on the last line would scroll.
            screen.Append("\u001b[").Append(row + 1).Append(";1H").Append(line).Append(ToEndOfLine);
        }
        _drawn = lines;
        if (screen.Length > 0)
            terminal.Write(screen.ToString());
    }

    private IReadOnlyList<string> Picture()
    {
        SelectRows();
        FleetTable table = Table();
        if (_state.Mode == FleetMode.Help)
            return Text(table, FleetPages.Help());
        WatchedInstance? selected = _frame is not null && _rows.Count > 0 ? _rows[_state.Index] : null;
        if (_state.Mode == FleetMode.Details && selected is not null)
            return Text(table, FleetPages.Details(selected, _frame!.Span, terminal.Width - 1, terminal.HasBlocks));
        return table.Draw(_frame, _rows, _state.Top, _state.Index, _state.Filter, Status());
    }

    private IReadOnlyList<string> Text(FleetTable table, IReadOnlyList<string> lines)
    {
        int room = Math.Max(0, terminal.Height - 1);
        _state = _state with { TextTop = Math.Max(0, Math.Min(_state.TextTop, lines.Count - room)) };
        return table.Draw(lines.Skip(_state.TextTop).Take(room), "Esc back, q quit" + (lines.Count > room ? ", Up and Down scroll" : _state.Mode == FleetMode.Details ? ", Up and Down select" : "") + ", " + When());
    }

    /// <summary>Sorts and filters the rows where that has changed, moves the selection to its instance, and reports which rows are visible.</summary>
    private void SelectRows()
    {
        if (_sorted != (_frame, _state.Sort, _state.Filter))
        {
            _sorted = (_frame, _state.Sort, _state.Filter);
            _rows = _frame is null ? [] : FleetOrder.Sort(FleetFilter.Select(_frame.Rows, _state.Filter), _state.Sort);
            _ids = _rows.Select(static row => row.Id).ToList();
        }
        _state = _state.Fit(_ids, Room);
        List<string> visible = _ids.Skip(_state.Top).Take(Room).ToList();
        if (visible.SequenceEqual(_visible))
            return;
        _visible = visible;
        options.OnVisible?.Invoke(visible);
    }

    // The last cell of a line is left empty: some terminals wrap after it, and "erase to end of line" would then erase the cell.
    private FleetTable Table() => new(Math.Max(1, terminal.Width - 1), terminal.Height, terminal.Colors, terminal.HasBlocks);

    private string Status()
    {
        if (_state.IsTyping)
            return "/" + FleetText.Clean(_state.Filter) + "_   " + _rows.Count.ToString(CultureInfo.InvariantCulture) + " found. Enter keeps the filter, Esc clears it.";
        string rows = _rows.Count <= Room ? "" : string.Format(CultureInfo.InvariantCulture, ", {0}-{1} of {2}", _state.Top + 1, Math.Min(_state.Top + Room, _rows.Count), _rows.Count);
        return "q quit, ? help, / filter" + (_state.Filter.Length > 0 ? ": " + FleetText.Clean(_state.Filter) : "") + ", s sort: " + Name(_state.Sort) + rows + ", " + When();
    }

    private string When() => _waiting is { } waiting ? "waiting: " + FleetText.Clean(waiting)
        : _next is { } next ? "next at " + next.ToOffset(time.LocalTimeZone.GetUtcOffset(next)).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
        : "reading";

    private static string Name(FleetSort sort) => sort.ToString().ToLowerInvariant();
}
