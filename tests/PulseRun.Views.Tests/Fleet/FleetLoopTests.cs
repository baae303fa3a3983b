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
    private const string Left = "\u001b[?25h\u001b[?1049l";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(Frames.Now);
    private readonly FakeTerminal _terminal = new();
    private readonly List<DateTimeOffset> _looks = [];
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
        Task run = new FleetLoop(Terms(2), cancel =>
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
        Task run = new FleetLoop(Terms(null), static async cancel =>
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
        Assert.Contains("s sort (1-5): cost", _terminal.Written);
        _terminal.Press('s');
        await Turn(() => _terminal.Written.Contains("s sort (1-5): gpu"));
        Assert.Single(_looks);
        _terminal.Press('q');
        await TurnUntilEnded(run);
    }

    [Fact]
    public async Task Draw_WindowChanges_IsDrawnAnew()
    {
        using FleetScreen screen = Screen();
        Task run = new FleetLoop(Terms(null), LookAsync, _time).DrawAsync(screen, CancellationToken.None);
        Assert.DoesNotContain("Reason", _terminal.Written);
        _terminal.Width = 160;
        await Turn(() => _terminal.Written.Contains("Reason"));
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
            Task run = new FleetLoop(Terms(null), static _ => Task.FromException<FleetFrame>(new InvalidOperationException("x")), _time).DrawAsync(screen, CancellationToken.None);
            await Assert.ThrowsAsync<InvalidOperationException>(() => TurnUntilEnded(run));
        }
        AssertRestored();
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

    private FleetScreen Screen() => new(_terminal, FleetSort.Cost, _time);

    private Task<FleetFrame> LookAsync(CancellationToken cancel)
    {
        _looks.Add(_time.GetUtcNow());
        return Task.FromResult(Frames.Many(3));
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
