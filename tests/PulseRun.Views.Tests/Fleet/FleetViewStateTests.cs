using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Views.Fleet;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetViewStateTests
{
    private static readonly List<string> s_ids = Ids(50);

    // Keys are separated by spaces; expected are the selected row and the first visible one. The window shows 10 rows.
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Down", 1, 0)]
    [InlineData("Up", 0, 0)]
    [InlineData("j j j k", 2, 0)]
    [InlineData("Down x Down", 2, 0)]
    [InlineData("PgDn", 9, 0)]
    [InlineData("PgDn Down", 10, 1)]
    [InlineData("PgDn PgDn", 18, 9)]
    [InlineData("Space", 9, 0)]
    [InlineData("PgDn PgDn Up", 17, 9)]
    [InlineData("PgDn PgDn PgUp", 9, 9)]
    [InlineData("PgDn PgDn PgUp Up", 8, 8)]
    [InlineData("End", 49, 40)]
    [InlineData("G", 49, 40)]
    [InlineData("End Down", 49, 40)]
    [InlineData("End PgDn", 49, 40)]
    [InlineData("End Home", 0, 0)]
    [InlineData("End g", 0, 0)]
    [InlineData("End PgUp PgUp PgUp PgUp PgUp PgUp", 0, 0)]
    public void Press_Moving_SelectsAndScrolls(string keys, int index, int top)
    {
        FleetViewState state = After(keys);
        Assert.Equal((index, top), (state.Index, state.Top));
        Assert.Equal(index == 0 ? null : s_ids[index], state.Selected);
    }

    // Expected: the page, the filter, whether it is typed, the order, and whether the view is over.
    [Theory]
    [InlineData("", "Table '' Cost")]
    [InlineData("q", "Table '' Cost over")]
    [InlineData("Q", "Table '' Cost over")]
    [InlineData("Esc", "Table '' Cost over")]
    [InlineData("?", "Help '' Cost")]
    [InlineData("? ?", "Table '' Cost")]
    [InlineData("? Esc", "Table '' Cost")]
    [InlineData("? Enter", "Table '' Cost")]
    [InlineData("? q", "Help '' Cost over")]
    [InlineData("Enter", "Details '' Cost")]
    [InlineData("Enter Esc", "Table '' Cost")]
    [InlineData("Enter Enter", "Table '' Cost")]
    [InlineData("Enter Backspace", "Table '' Cost")]
    [InlineData("Enter ? Esc", "Table '' Cost")]
    [InlineData("Enter Esc Esc", "Table '' Cost over")]
    [InlineData("s", "Table '' Gpu")]
    [InlineData("3", "Table '' Verdict")]
    [InlineData("Enter 5", "Table '' Id")]
    [InlineData("/", "Table '' Cost typing")]
    [InlineData("/ h 1", "Table 'h1' Cost typing")]
    [InlineData("/ q", "Table 'q' Cost typing")]
    [InlineData("/ ? / s", "Table '?/s' Cost typing")]
    [InlineData("/ h Space 1", "Table 'h 1' Cost typing")]
    [InlineData("/ h Enter", "Table 'h' Cost")]
    [InlineData("/ h Enter s", "Table 'h' Gpu")]
    [InlineData("/ h Enter Esc", "Table '' Cost")]
    [InlineData("/ h Enter Esc Esc", "Table '' Cost over")]
    [InlineData("/ h Enter / 1", "Table 'h1' Cost typing")]
    [InlineData("/ h Esc", "Table '' Cost")]
    [InlineData("/ h 1 Backspace", "Table 'h' Cost typing")]
    [InlineData("/ h Backspace Backspace", "Table '' Cost")]
    [InlineData("/ h 1 Ctrl+U", "Table '' Cost typing")]
    [InlineData("/ h Ctrl+A", "Table 'h' Cost typing")]
    [InlineData("/ 😀 Backspace", "Table '' Cost typing")]
    [InlineData("F5", "Table '' Cost")]
    [InlineData("Ctrl+A", "Table '' Cost")]
    public void Press_Key_Does(string keys, string expected)
    {
        FleetViewState state = After(keys);
        Assert.Equal(expected, $"{state.Mode} '{state.Filter}' {state.Sort}{(state.IsTyping ? " typing" : "")}{(state.IsOver ? " over" : "")}");
    }

    [Fact]
    public void Press_FilterTyped_TheArrowsStillMove()
    {
        FleetViewState state = After("/ i Down Down");
        Assert.Equal(2, state.Index);
        Assert.True(state.IsTyping);
    }

    [Fact]
    public void Press_LongFilter_IsLimited() => Assert.Equal(64, After("/ " + string.Join(" ", Enumerable.Repeat("x", 100))).Filter.Length);

    [Fact]
    public void Press_InTheDetails_TheArrowsSelectAnotherInstance()
    {
        FleetViewState state = After("Enter Down Down");
        Assert.Equal(FleetMode.Details, state.Mode);
        Assert.Equal(s_ids[2], state.Selected);
    }

    [Fact]
    public void Press_InTheHelp_TheArrowsScrollTheText()
    {
        FleetViewState state = After("Down ? Down Down Up");
        Assert.Equal((1, 1), (state.TextTop, state.Index));
        Assert.Equal(0, After("? Up").TextTop);
    }

    // The rows of one refresh and of the next, the selected row before, and the selected and the first visible row after. The window shows 3 rows.
    [Theory]
    [InlineData("a b c d e f", "a b c d e f", "d", "d", 1)]
    [InlineData("a b c d e f", "d a b c e f", "d", "d", 0)] // follows its instance
    [InlineData("a b c d e f", "a b c e f", "d", "e", 1)] // gone, so the row in its place
    [InlineData("a b c d e f", "a b", "f", "b", 0)] // fewer rows
    [InlineData("a b c d e f", "", "f", "f", 0)]
    [InlineData("a b c d e f", "x a b c d e f", "", "x", 0)] // nothing was chosen, so the first row stays selected
    [InlineData("a b c", "a b c d e f g", "c", "c", 0)]
    public void Fit_NextRefresh_KeepsTheSelection(string before, string after, string chosen, string selected, int top)
    {
        string[] first = Words(before), next = Words(after);
        FleetViewState state = (new FleetViewState() with { Selected = chosen.Length == 0 ? null : chosen }).Fit(first, 3).Fit(next, 3);
        Assert.Equal(selected, next.Length == 0 ? state.Selected : next[state.Index]);
        Assert.Equal(top, state.Top);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(3, 3)]
    [InlineData(1, 3)]
    [InlineData(0, 3)]
    [InlineData(100, 3)]
    public void Fit_AnyHeight_TheSelectedRowIsVisible(int room, int index)
    {
        FleetViewState state = (new FleetViewState() with { Selected = s_ids[index], Top = 40 }).Fit(s_ids, room);
        Assert.InRange(index, state.Top, state.Top + Math.Max(1, room) - 1);
        Assert.InRange(state.Top, 0, Math.Max(0, s_ids.Count - Math.Max(1, room)));
    }

    [Fact]
    public void Press_AnyKeys_NeverLeavesTheRows()
    {
        var random = new Random(11);
        string[] keys = ["Up", "Down", "PgUp", "PgDn", "Home", "End", "Enter", "Esc", "/", "x", "1", "s", "?", "Backspace"];
        var state = new FleetViewState();
        for (int i = 0; i < 5000; i++)
        {
            List<string> ids = Ids(random.Next(40));
            int room = random.Next(30);
            state = state.Fit(ids, room).Press(Key(keys[random.Next(keys.Length)]), ids, room) with { IsOver = false };
            state = state.Fit(ids, room);
            Assert.InRange(state.Index, 0, Math.Max(0, ids.Count - 1));
            Assert.InRange(state.Top, 0, Math.Max(0, ids.Count - Math.Max(1, room)));
            if (ids.Count > 0)
                Assert.InRange(state.Index, state.Top, state.Top + Math.Max(1, room) - 1);
        }
    }

    private static FleetViewState After(string keys)
    {
        FleetViewState state = new FleetViewState().Fit(s_ids, 10);
        foreach (ConsoleKeyInfo key in Words(keys).SelectMany(Keys))
            state = state.Press(key, s_ids, 10).Fit(s_ids, 10);
        return state;
    }

    // A console returns a character outside the basic plane as two keys.
    private static IEnumerable<ConsoleKeyInfo> Keys(string name) =>
        name.Length == 2 && char.IsSurrogatePair(name, 0) ? name.Select(static one => new ConsoleKeyInfo(one, default, false, false, false)) : [Key(name)];

    private static ConsoleKeyInfo Key(string name) => name switch
    {
        "Up" => Special(ConsoleKey.UpArrow),
        "Down" => Special(ConsoleKey.DownArrow),
        "PgUp" => Special(ConsoleKey.PageUp),
        "PgDn" => Special(ConsoleKey.PageDown),
        "Home" => Special(ConsoleKey.Home),
        "End" => Special(ConsoleKey.End),
        "F5" => Special(ConsoleKey.F5),
        "Enter" => new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false),
        "Esc" => new ConsoleKeyInfo('\u001b', ConsoleKey.Escape, false, false, false),
        "Backspace" => new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false),
        "Space" => new ConsoleKeyInfo(' ', ConsoleKey.Spacebar, false, false, false),
        "Ctrl+U" => new ConsoleKeyInfo('\u0015', ConsoleKey.U, false, false, true),
        "Ctrl+A" => new ConsoleKeyInfo('\u0001', ConsoleKey.A, false, false, true),
        _ => new ConsoleKeyInfo(name[0], default, false, false, false),
    };

    private static ConsoleKeyInfo Special(ConsoleKey key) => new('\0', key, false, false, false);

    private static string[] Words(string text) => text.Split([' '], StringSplitOptions.RemoveEmptyEntries);

    private static List<string> Ids(int count) => Enumerable.Range(0, count).Select(static i => "inst_" + i).ToList();
}
