using System;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Store;
#if NET
using PulseRun.Store.Tests.Sqlite;
#endif
using Xunit;

namespace PulseRun.Store.Tests.Cleanup;

public sealed class CleanupRunTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IStore _store;

    public CleanupRunTests() => _store = _folder.Open();

    private ICleanupRuns Runs => _store.Cleanups;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TryAct_OfOneRun_EndsAtTheLimit()
    {
        Guid run = Begin();
        Assert.Equal([true, true, false], new[] { "a", "b", "c" }.Select(id => Runs.TryAct(run, id, 2)));
        // An instance that was counted before is not counted again.
        Assert.True(Runs.TryAct(run, "a", 2));
        Runs.Release(run, "a");
        Assert.True(Runs.TryAct(run, "c", 2));
        Assert.False(Runs.TryAct(run, "a", 2));
    }

    [Fact]
    public void TryAct_OfRunsThatOverlap_CountsThemTogether()
    {
        Guid first = Begin();
        Assert.True(Runs.TryAct(first, "a", 3));
        Guid second = Begin();
        Assert.True(Runs.TryAct(second, "b", 3));
        Runs.End(first);
        // The first run ended after the second began, so they overlap.
        Assert.True(Runs.TryAct(second, "c", 3));
        Assert.False(Runs.TryAct(second, "d", 3));
        // The third run overlaps with the second only.
        Guid third = Begin();
        Assert.True(Runs.TryAct(third, "d", 3));
        Assert.False(Runs.TryAct(third, "e", 3));
        Runs.End(second);
        Runs.End(third);
        Assert.True(Runs.TryAct(Begin(), "e", 1));
    }

    [Fact]
    public void RecordStop_Stops_AreKeptByAccountForNinetyDays()
    {
        var at = new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
        Assert.Empty(Runs.Stops("me"));
        Runs.RecordStop("me", "b", at);
        Runs.RecordStop("me", "a", at.AddHours(1));
        Runs.RecordStop("me", "a", at);
        Runs.RecordStop("me", "a", at);
        Runs.RecordStop("other", "c", at);
        Assert.Equal([new CleanupStop("a", at), new CleanupStop("a", at.AddHours(1)), new CleanupStop("b", at)], Runs.Stops("me"));
        Runs.RecordStop("me", "d", at.AddDays(90).AddMinutes(1));
        Assert.Equal([new CleanupStop("a", at.AddHours(1)), new CleanupStop("d", at.AddDays(90).AddMinutes(1))], Runs.Stops("me"));
        Assert.Single(Runs.Stops("other"));
    }

    [Fact]
    public void TryAct_OfARunThatNeverBegan_IsRefused() => Assert.False(Runs.TryAct(Guid.NewGuid(), "a", 10));

#if NET
    [Fact]
    public void TryAct_ByThreeProcessesAtOnce_GivesNoMoreThanTheLimit()
    {
        string[] acted = ProcessesTests.Together(3, i => ["act", _folder.Data, "p" + i, "7"]);

        // Each process has counted one act before the start.
        Assert.Equal(4, acted.Length);
    }

    [Fact]
    public void Begin_AfterAProcessWasKilled_CountsItsRunAsOver()
    {
        using (OtherProcess other = OtherProcess.Start("act", _folder.Data, "p", "7"))
        {
            // The process has counted one act and waits before the next one.
            Guid during = Begin();
            Assert.False(Runs.TryAct(during, "a", 1));
            Assert.True(Runs.TryAct(during, "a", 2));
            Runs.End(during);
            other.Kill();
        }
        Guid after = Begin();
        Assert.True(Runs.TryAct(after, "a", 1));
    }
#endif

    private Guid Begin()
    {
        Guid run = Guid.NewGuid();
        Runs.Begin(run);
        return run;
    }
}
