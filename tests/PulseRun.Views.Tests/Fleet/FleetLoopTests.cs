using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using PulseRun.Views.Tests.Support;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetLoopTests
{
    private const string Entered = "\u001b[?1049h\u001b[?25l";
    private const string Left = "\u001b[0m\u001b[?25h\u001b[?1049l";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(Frames.Now);
    private readonly FakeTerminal _terminal = new();
    private readonly List<DateTimeOffset> _looks = [];
    private readonly List<IReadOnlyList<string>> _visible = [];
    private string? _waiting;

    [Fact]
    public async Task Run_SomeRefreshes_AreAnIntervalApart()
    {
        int frames = 0;
        Task run = new FleetLoop(Terms(3), LookAsync, _time).RunAsync(_ => frames++, CancellationToken.None);
        await TurnUntilEnded(run);
        Assert.Equal([Frames.Now, Frames.Now.AddSeconds(10), Frames.Now.AddSeconds(20)], _looks);
        Assert.Equal(3, frames);
    }

    [Fact]
    public async Task Run_ALongLook_TheNextBeginsAtOnce()
    {
        Task run = new FleetLoop(Terms(2), (_, cancel) =>
        {
            _looks.Add(_time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(25));
            return Task.FromResult(Frames.Many(1));
        }, _time).RunAsync(static _ => { }, CancellationToken.None);
        await TurnUntilEnded(run);
        Assert.Equal([Frames.Now, Frames.Now.AddSeconds(25)], _looks);
    }

    [Fact]
    public async Task Run_Cancelled_EndsInTheMiddleOfAWait()
    {
        using var stop = new CancellationTokenSource();
        Task run = new FleetLoop(Terms(null), LookAsync, _time).RunAsync(static _ => { }, stop.Token);
        Assert.False(run.IsCompleted);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TurnUntilEnded(run));
        Assert.Single(_looks);
    }

    [Theory]
    [InlineData('q')]
    [InlineData('Q')]
    [InlineData('\u001b')]
    public async Task Draw_QuitKey_GivesTheTerminalBackAndLeavesThePicture(char key)
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null), LookAsync, _time).DrawAsync(screen, CancellationToken.None);
        _terminal.Press(key);
        await TurnUntilEnded(run);
        AssertRestored();
        string after = _terminal.Written.Substring(_terminal.Written.IndexOf(Left, StringComparison.Ordinal));
        Assert.Contains("inst_01", after);
        Assert.DoesNotContain(Entered, after);
    }

    [Fact]
    public async Task Draw_QuitWhileALookHangs_Ends()
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null), static async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return Frames.Many(1);
        }, _time).DrawAsync(screen, CancellationToken.None);
        _terminal.Press('q');
        await TurnUntilEnded(run);
        AssertRestored();
    }

    [Fact]
    public async Task Draw_SortKey_SortsWithoutALook()
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null) with { Interval = TimeSpan.FromDays(30) }, LookAsync, _time).DrawAsync(screen, CancellationToken.None);
        Assert.Contains("s sort: cost", _terminal.Written);
        _terminal.Press('s');
        await Turn(() => _terminal.Written.Contains("s sort: gpu"));
        Assert.Single(_looks);
        _terminal.Press('q');
        await TurnUntilEnded(run);
    }

    [Fact]
    public async Task Draw_WindowChanges_IsDrawnAnew()
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null), LookAsync, _time).DrawAsync(screen, CancellationToken.None);
        Assert.DoesNotContain("Region", _terminal.Written);
        int before = _terminal.Written.Length;
        _terminal.Width = 160;
        await Turn(() => _terminal.Written.Contains("Region"));
        // Everything is drawn again, because the terminal may have moved lines.
        Assert.StartsWith("\u001b[2J\u001b[1;1H3 instances", Plain(_terminal.Written.Substring(before)));
        _terminal.Press('q');
        await TurnUntilEnded(run);
    }

    [Fact]
    public async Task Draw_RequestWaits_SaysForWhat()
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null), LookAsync, _time).DrawAsync(screen, CancellationToken.None);
        _waiting = "rate limit, 12 s";
        await Turn(() => _terminal.Written.Contains("waiting: rate limit, 12 s"));
        _terminal.Press('q');
        await TurnUntilEnded(run);
    }

    [Fact]
    public async Task Draw_LastRefresh_EndsByItself()
    {
        using FleetScreen screen = Screen();
        await TurnUntilEnded(new FleetLoop(Terms(2), LookAsync, _time).DrawAsync(screen, CancellationToken.None));
        Assert.Equal(2, _looks.Count);
        AssertRestored();
    }

    [Fact]
    public async Task Draw_Cancelled_NothingIsDrawnAfterTheTerminalIsGivenBack()
    {
        using var stop = new CancellationTokenSource();
        using FleetScreen screen = Screen();
        using CancellationTokenRegistration ended = stop.Token.Register(screen.Dispose);
        Task run = new FleetLoop(Terms(null), LookAsync, _time).DrawAsync(screen, stop.Token);
        stop.Cancel();
        Assert.EndsWith(Left, _terminal.Written);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TurnUntilEnded(run));
        screen.Show(Frames.Many(2), null);
        Assert.EndsWith(Left, _terminal.Written);
        AssertRestored();
    }

    [Fact]
    public async Task Draw_LookThrows_TheTerminalIsGivenBack()
    {
        using (FleetScreen screen = Screen())
        {
            Task run = new FleetLoop(Terms(null), static (_, _) => Task.FromException<FleetFrame>(new InvalidOperationException("x")), _time).DrawAsync(screen, CancellationToken.None);
            await Assert.ThrowsAsync<InvalidOperationException>(() => TurnUntilEnded(run));
        }
        AssertRestored();
    }

    [Fact]
    public async Task Draw_ListBeforeItsReadings_IsShownAtOnce()
    {
        using FleetScreen screen = Screen();
        var read = new TaskCompletionSource<FleetFrame>();
        Task run = new FleetLoop(Terms(1), (list, _) =>
        {
            list(Frames.Many(2));
            return read.Task;
        }, _time).DrawAsync(screen, CancellationToken.None);
        Assert.Contains("inst_01", _terminal.Written);
        Assert.Equal(["inst_00", "inst_01"], Assert.Single(_visible));
        read.SetResult(Frames.Many(3));
        await TurnUntilEnded(run);
    }

    [Fact]
    public void Draw_Scrolling_ReportsTheVisibleRows()
    {
        _terminal.Height = 10;
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(50), null);
        Assert.Equal(["inst_00", "inst_06"], Ends());
        Press(ConsoleKey.PageDown);
        screen.Obey(null);
        // The selection moves by a page less one row.
        Assert.Equal(["inst_00", "inst_06"], Ends());
        Press(ConsoleKey.PageDown);
        screen.Obey(null);
        Assert.Equal(["inst_06", "inst_12"], Ends());
        Press(ConsoleKey.End);
        screen.Obey(null);
        Assert.Equal(["inst_43", "inst_49"], Ends());
        _terminal.Height = 6;
        screen.Obey(null);
        Assert.Equal(["inst_47", "inst_49"], Ends());
        // Nothing is reported twice.
        Assert.Equal(4, _visible.Count);

        string[] Ends() => FirstAndLast(_visible);
    }

    [Fact]
    public void Draw_OneRowChanges_WritesThatRowOnly()
    {
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(5), null);
        int before = _terminal.Written.Length;
        Press(ConsoleKey.DownArrow);
        screen.Obey(null);
        string written = Plain(_terminal.Written.Substring(before));
        Assert.Contains("inst_00", written);
        Assert.Contains("inst_01", written);
        Assert.DoesNotContain("inst_02", written);
        Assert.DoesNotContain("Status", written);
    }

    [Fact]
    public void Draw_Enter_ShowsDetailsAndEscReturns()
    {
        _terminal.Width = 100;
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(3), null);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.Enter);
        Assert.True(screen.Obey(null));
        Assert.Contains("Verdict     Active, GpuBusy", _terminal.Written);
        int before = _terminal.Written.Length;
        Press(ConsoleKey.Escape);
        Assert.True(screen.Obey(null));
        Assert.Contains("inst_02", _terminal.Written.Substring(before));
        Press(ConsoleKey.Escape);
        Assert.False(screen.Obey(null));
    }

    [Fact]
    public void Draw_Filter_ShowsWhatFitsWhileItIsTyped()
    {
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(50), null);
        foreach (char key in "/_4")
            _terminal.Press(key);
        screen.Obey(null);
        Assert.Equal(["inst_40", "inst_49"], FirstAndLast(_visible));
        Assert.Contains("/_4_   10 found.", Plain(_terminal.Written));
        _terminal.Press('q');
        Assert.True(screen.Obey(null));
        Assert.Contains("No instance matches the filter.", Plain(_terminal.Written));
        Press(ConsoleKey.Escape);
        _terminal.Press('q');
        Assert.False(screen.Obey(null));
    }

    [Fact]
    public void Draw_Help_ScrollsToItsEndInASmallWindow()
    {
        _terminal.Height = 8;
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(3), null);
        _terminal.Press('?');
        screen.Obey(null);
        Assert.Contains("end the view", _terminal.Written);
        Press(ConsoleKey.End);
        screen.Obey(null);
        Assert.Contains("visible rows are read first", _terminal.Written);
        Assert.DoesNotContain("\u001b[9;1H", _terminal.Written);
    }

    [Fact]
    public void Show_FirstRefreshFails_NothingIsClaimed()
    {
        using FleetScreen screen = Screen();
        screen.Show(new FleetFrame { At = Frames.Now, Problem = "The server failed." }, null);
        Assert.Contains("? instances, ? billed $?/h", _terminal.Written);
        Assert.DoesNotContain("There are no instances", _terminal.Written);
    }

    [Fact]
    public void Draw_EveryPicture_StaysInsideTheWindow()
    {
        _terminal.Height = 10;
        using FleetScreen screen = Screen();
        screen.Show(Frames.Many(50), null);
        string drawn = _terminal.Written;
        Assert.Contains("\u001b[10;1H", drawn);
        Assert.DoesNotContain("\u001b[11;1H", drawn);
        Assert.DoesNotContain("\n", drawn);
    }

    private WatchOptions Terms(int? refreshes) => new(TimeSpan.FromSeconds(10), refreshes, FleetSort.Cost, () => _waiting);

    private FleetScreen Screen() => new(_terminal, Terms(null) with { OnVisible = _visible.Add }, _time);

    private Task<FleetFrame> LookAsync(Action<FleetFrame> list, CancellationToken cancel)
    {
        _looks.Add(_time.GetUtcNow());
        return Task.FromResult(Frames.Many(3));
    }

    private void Press(ConsoleKey key) => _terminal.Press(new ConsoleKeyInfo('\0', key, false, false, false));

    private static string Plain(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\u001b\\[[0-9;]*m", "");

    private static string[] FirstAndLast(List<IReadOnlyList<string>> visible)
    {
        IReadOnlyList<string> rows = visible[visible.Count - 1];
        return [rows[0], rows[rows.Count - 1]];
    }

    private void AssertRestored()
    {
        Assert.Equal(2, _terminal.Written.Split([Entered], StringSplitOptions.None).Length);
        Assert.Equal(2, _terminal.Written.Split([Left], StringSplitOptions.None).Length);
    }

    private Task TurnUntilEnded(Task run) => Turn(() => run.IsCompleted, run);

    /// <summary>Advances the clock until a condition is true.</summary>
    private async Task Turn(Func<bool> condition, Task? last = null)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < s_limit, "The condition did not become true.");
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        if (last is not null)
            await last;
    }
}
