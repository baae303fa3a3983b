using System;
using System.Collections.Generic;

namespace PulseRun.Views.Fleet;

/// <summary>Represents what the user has chosen in the live view: the page, the order, the filter, the selected row and the first visible row. Immutable; a key returns a new state.</summary>
internal sealed record FleetViewState
{
    private const int LongestFilter = 64;

    public FleetMode Mode { get; init; }

    public FleetSort Sort { get; init; }

    /// <summary>Gets the text of the filter; empty for none.</summary>
    public string Filter { get; init; } = "";

    /// <summary>True while the user types the filter.</summary>
    public bool IsTyping { get; init; }

    /// <summary>Gets the id of the selected row; null for the first row, whichever instance that is.</summary>
    public string? Selected { get; init; }

    /// <summary>Gets the position of the selected row. If the instance disappears, the row at this position is selected.</summary>
    public int Index { get; init; }

    /// <summary>Gets the position of the first visible row.</summary>
    public int Top { get; init; }

    /// <summary>Gets the position of the first visible line of the help or the details.</summary>
    public int TextTop { get; init; }

    /// <summary>True when the user ended the view.</summary>
    public bool IsOver { get; init; }

    /// <summary>Returns the state for the current rows: the selection follows its instance, and the selected row is visible.</summary>
    /// <param name="ids">The ids of the rows, in the order of the table.</param>
    /// <param name="room">The number of rows that the window can show.</param>
    public FleetViewState Fit(IReadOnlyList<string> ids, int room)
    {
        if (ids.Count == 0)
            return this with { Index = 0, Top = 0 };
        int index = Selected is null ? 0 : IndexOf(ids, Selected);
        string? selected = Selected;
        if (index < 0)
        {
            index = Clamp(Index, ids.Count - 1);
            selected = ids[index];
        }
        room = Math.Max(1, room);
        int top = Math.Max(Math.Min(Top, index), index - room + 1);
        return this with { Selected = selected, Index = index, Top = Clamp(top, Math.Max(0, ids.Count - room)) };
    }

    /// <summary>Returns the state after a key. A key without a meaning returns the same state.</summary>
    /// <param name="key">The key.</param>
    /// <param name="ids">The ids of the rows, in the order of the table.</param>
    /// <param name="room">The number of rows that the window can show.</param>
    public FleetViewState Press(ConsoleKeyInfo key, IReadOnlyList<string> ids, int room)
    {
        FleetViewState pressed = IsTyping ? Type(key) ?? Move(key, ids, room) ?? this : Command(key) ?? Move(key, ids, room) ?? this;
        return pressed.Filter == Filter ? pressed : pressed with { Top = 0 };
    }

    /// <summary>Returns the state after a key while the filter is typed; null when the key does not change the filter.</summary>
    private FleetViewState? Type(ConsoleKeyInfo key)
    {
        bool isControl = (key.Modifiers & ConsoleModifiers.Control) != 0;
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return this with { IsTyping = false };
            case ConsoleKey.Escape:
                return this with { IsTyping = false, Filter = "" };
            case ConsoleKey.Backspace:
                return Filter.Length == 0 ? this with { IsTyping = false } : this with { Filter = Shortened() };
            case ConsoleKey.U when isControl:
                return this with { Filter = "" };
        }
        if (isControl || key.KeyChar == '\0' || char.IsControl(key.KeyChar))
            return null;
        return Filter.Length < LongestFilter ? this with { Filter = Filter + key.KeyChar } : this;
    }

    /// <summary>Returns the state after a key outside the filter; null when the key is no command.</summary>
    private FleetViewState? Command(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Escape:
                return Back();
            case ConsoleKey.Enter when Mode == FleetMode.Table:
                return this with { Mode = FleetMode.Details, TextTop = 0 };
            case ConsoleKey.Enter:
            case ConsoleKey.Backspace when Mode != FleetMode.Table:
                return this with { Mode = FleetMode.Table };
        }
        switch (key.KeyChar)
        {
            case 'q' or 'Q':
                return this with { IsOver = true };
            case '?' or 'h' or 'H':
                return this with { Mode = Mode == FleetMode.Help ? FleetMode.Table : FleetMode.Help, TextTop = 0 };
            case '/':
                return this with { Mode = FleetMode.Table, IsTyping = true };
        }
        return FleetOrder.ForKey(key.KeyChar, Sort) is { } sort ? this with { Mode = FleetMode.Table, Sort = sort } : null;
    }

    /// <summary>Returns the state one step back: from the help or the details to the table, then without the filter, then the end.</summary>
    private FleetViewState Back() =>
        Mode != FleetMode.Table ? this with { Mode = FleetMode.Table }
        : Filter.Length > 0 ? this with { Filter = "" }
        : this with { IsOver = true };

    /// <summary>Returns the state after a key that moves; null for any other key. In the help it scrolls the text; elsewhere it moves the selection.</summary>
    private FleetViewState? Move(ConsoleKeyInfo key, IReadOnlyList<string> ids, int room)
    {
        int page = Math.Max(1, room - 1);
        bool isLetter = !IsTyping;
        int? by = key.Key switch
        {
            ConsoleKey.UpArrow => -1,
            ConsoleKey.DownArrow => 1,
            ConsoleKey.PageUp => -page,
            ConsoleKey.PageDown => page,
            ConsoleKey.Home => int.MinValue / 2,
            ConsoleKey.End => int.MaxValue / 2,
            _ when isLetter && key.KeyChar == 'k' => -1,
            _ when isLetter && key.KeyChar == 'j' => 1,
            _ when isLetter && key.KeyChar == 'g' => int.MinValue / 2,
            _ when isLetter && key.KeyChar == 'G' => int.MaxValue / 2,
            _ when isLetter && key.KeyChar == ' ' => page,
            _ => null,
        };
        if (by is not { } distance)
            return null;
        // There is no upper limit here, because only the drawing knows how many lines the text has. It limits the position.
        if (Mode == FleetMode.Help)
            return this with { TextTop = Math.Max(0, TextTop + distance) };
        if (ids.Count == 0)
            return this;
        int index = Clamp(Index + distance, ids.Count - 1);
        return (this with { Index = index, Selected = index == 0 ? null : ids[index], TextTop = 0 }).Fit(ids, room);
    }

    /// <summary>Returns the filter without its last character. A surrogate pair is one character.</summary>
    private string Shortened()
    {
        int end = Filter.Length - 1;
        return Filter.Remove(end > 0 && char.IsLowSurrogate(Filter[end]) ? end - 1 : end);
    }

    private static int IndexOf(IReadOnlyList<string> ids, string id)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if (ids[i] == id)
                return i;
        }
        return -1;
    }

    private static int Clamp(int value, int most) => Math.Max(0, Math.Min(value, most));
}
