using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>Draws the live view on the alternate screen of the terminal, without a cursor. The terminal is restored once, by the first call of <see cref="Keep"/> or <see cref="Dispose"/>.</summary>
internal sealed class FleetScreen(ITerminal terminal, FleetSort sort, TimeProvider time) : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[2J";
    private const string Leave = "\u001b[?25h\u001b[?1049l";
    private const string ToEndOfLine = "\u001b[K";
    private const string ToEndOfScreen = "\u001b[J";

    private readonly object _lock = new();
    private FleetSort _sort = sort;
    private FleetFrame? _frame;
    private DateTimeOffset? _next;
    private string? _waiting;
    private (int Width, int Height) _size;
    private bool _entered;
    private bool _left;

    /// <summary>Gets where the ids of the visible rows are written; null for nowhere.</summary>
    public VisibleRows? Visible { get; init; }

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
                if (key.Key == ConsoleKey.Escape || key.KeyChar is 'q' or 'Q')
                    return false;
                changed = true;
                _sort = FleetOrder.ForKey(key.KeyChar, _sort) ?? _sort;
            }
            if (changed)
                Draw();
            return true;
        }
    }

    /// <summary>Restores the terminal, and writes the last frame to it, so that it stays readable.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            if (_left)
                return;
            Dispose();
            if (_frame is null)
                return;
            string last = _frame.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) + ", sorted by " + Name(_sort);
            foreach (string line in Picture(last, int.MaxValue))
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

    private void Draw()
    {
        if (_left)
            return;
        var screen = new StringBuilder();
        if (!_entered)
            screen.Append(Enter);
        _entered = true;
        _size = (terminal.Width, terminal.Height);
        // The lines above and below the rows are not subtracted, because one row too many does no harm.
        if (Visible is not null && _frame is not null)
            Visible.Ids = FleetOrder.Sort(_frame.Rows, _sort).Take(_size.Height).Select(static one => one.Id).ToList();
        int row = 1;
        // Each line is positioned with an escape sequence, because a line feed on the last line would scroll.
        foreach (string line in Picture(Status(), _size.Height))
            screen.Append("\u001b[").Append(row++).Append(";1H").Append(line).Append(ToEndOfLine);
        if (row <= _size.Height)
            screen.Append("\u001b[").Append(row).Append(";1H").Append(ToEndOfScreen);
        terminal.Write(screen.ToString());
    }

    // The last cell of a line is left empty: some terminals wrap after it, and "erase to end of line" would then erase the cell.
    private IReadOnlyList<string> Picture(string status, int height) =>
        new FleetTable(Math.Max(1, terminal.Width - 1), height, terminal.Colors, terminal.HasBlocks).Draw(_frame, _sort, status);

    private string Status()
    {
        string when = _waiting is { } waiting ? "waiting: " + FleetText.Clean(waiting)
            : _next is { } next ? "next at " + next.ToOffset(time.LocalTimeZone.GetUtcOffset(next)).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : "reading";
        return "q quit, s sort (1-5): " + Name(_sort) + ", " + when;
    }

    private static string Name(FleetSort sort) => sort.ToString().ToLowerInvariant();
}
