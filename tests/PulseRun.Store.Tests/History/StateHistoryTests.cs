using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.History;

public sealed class StateHistoryTests : StoreTests
{
    private IHistory History => Store.History;

    [Fact]
    public void CurrentStates_TellSinceWhenAndHowOftenItWasSeen()
    {
        See(0, "running");
        See(10, "stopped");
        See(11, "stopped");
        See(31, "STOPPED");
        See(32, "stopped");

        RecordedState state = History.CurrentStates(TempFolder.Account)["inst_1"];

        Assert.Equal(("stopped", At(10), At(32), TimeSpan.FromMinutes(20)), (state.Status, state.Since, state.LastSeen, state.LargestGap));
        Assert.Equal((0.95m, "a100_80gb", "vast_ai", "us-east", "pytorch", false), (state.CostPerHour, state.Gpu, state.Provider, state.Region, state.Template, state.Spot));
        Assert.Equal(At(10), Since(TimeSpan.FromMinutes(20)));
        Assert.Equal(At(31), Since(TimeSpan.FromMinutes(19)));
    }

    [Fact]
    public void StoppedSince_OfOneThatRuns_OrIsUnknown_IsNull()
    {
        See(0, "stopped");
        See(1, "running");

        Assert.Null(Since(TimeSpan.FromDays(1)));
        See(2, "stopped");
        Assert.Empty(History.StoppedSince("another account", TimeSpan.FromDays(1)));
        History.RecordStates(TempFolder.Account, [], complete: true, At(3));
        Assert.Null(Since(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void StoppedSince_AfterARestartThatNobodySaw_BeginsAnew()
    {
        See(0, "stopped", started: -100);
        See(60, "stopped", started: 30);

        Assert.Equal(At(60), Since(TimeSpan.FromDays(1)));
        // A known and an unknown start time count as different.
        See(61, "stopped");
        Assert.Equal(At(61), Since(TimeSpan.FromDays(1)));
        See(62, "stopped", started: 30);
        Assert.Equal(At(62), Since(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void StoppedSince_TwoLooksSevenDaysApart_IsTheLastLook()
    {
        See(0, "stopped");
        See(7 * 24 * 60, "stopped");

        Assert.Equal(At(7 * 24 * 60), Since(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void StoppedSince_AfterAClockThatRanAhead_BeginsAnew()
    {
        for (int minute = 0; minute <= 60; minute++)
            See(minute, "stopped");
        See(60 + 8 * 24 * 60, "stopped");
        Assert.Equal(At(60 + 8 * 24 * 60), Since(TimeSpan.FromDays(1)));
        See(61, "stopped");
        Assert.Equal(At(61), Since(TimeSpan.FromDays(1)));
    }

    /// <summary>Compares the result for random looks with that of a search over all of them.</summary>
    [Fact]
    public void StoppedSince_OfRandomLooks_IsTheEndOfTheLastGapTooLong()
    {
        var random = new Random(7);
        for (int run = 0; run < 20; run++)
        {
            using IStore store = StoreFactoryOf(run);
            var looks = new List<int> { 0 };
            for (int look = 0; look < 60; look++)
                looks.Add(looks[looks.Count - 1] + random.Next(1, random.Next(3) == 0 ? 500 : 20));
            foreach (int look in looks)
                store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "stopped" }], complete: true, At(look));
            foreach (int limit in new[] { 1, 5, 10, 19, 60, 240, 600 })
            {
                int last = 0;
                for (int i = 1; i < looks.Count; i++)
                    last = looks[i] - looks[i - 1] > limit ? i : last;
                Assert.Equal(At(looks[last]), store.History.StoppedSince(TempFolder.Account, TimeSpan.FromMinutes(limit))["inst_1"]);
            }
        }
    }

    private IStore StoreFactoryOf(int run) => StoreFactory.Open(System.IO.Path.Combine(Folder.Root, "run" + run));

    private DateTimeOffset? Since(TimeSpan longestGap) =>
        History.StoppedSince(TempFolder.Account, longestGap).TryGetValue("inst_1", out DateTimeOffset since) ? since : null;

    [Fact]
    public void StoppedSince_WhenThePriceChanges_GoesOn()
    {
        See(0, "stopped", cost: 0.95m);
        See(60, "stopped", cost: 0.05m);

        Assert.Equal(At(0), Since(TimeSpan.FromDays(1)));
        Assert.Equal(At(60), History.CurrentStates(TempFolder.Account)["inst_1"].Since);
    }

    [Fact]
    public void RecordStates_OfAWholeFleet_MarksTheOthersGone()
    {
        See(0, "running");
        History.RecordStates(TempFolder.Account, [], complete: false, At(1));
        Assert.Equal("running", History.CurrentStates(TempFolder.Account)["inst_1"].Status);

        History.RecordStates(TempFolder.Account, [], complete: true, At(2));
        History.RecordStates(TempFolder.Account, [], complete: true, At(3));
        RecordedState gone = History.CurrentStates(TempFolder.Account)["inst_1"];
        Assert.Equal((null, At(2), "a100_80gb"), (gone.Status, gone.Since, gone.Gpu));

        See(5, "running");
        Assert.Equal(["running", null, "running"], History.States(TempFolder.Account, At(0)).Select(state => state.Status));
    }

    [Fact]
    public void RecordStates_WithoutAStatus_IsListedAndNotGone()
    {
        History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1" }], complete: true, Noon);

        Assert.Equal("", History.CurrentStates(TempFolder.Account)["inst_1"].Status);
    }

    [Fact]
    public void States_BeginWithTheOneThatHeldAtThatMoment()
    {
        See(0, "provisioning");
        See(5, "running");
        See(20, "running");
        See(30, "stopped");
        History.RecordStates("another account", [new Instance { Id = "inst_2", Status = "running" }], complete: true, At(0));

        IReadOnlyList<RecordedState> states = History.States(TempFolder.Account, At(10));

        Assert.Equal([("running", At(5), At(20)), ("stopped", At(30), At(30))], states.Select(state => (state.Status!, state.Since, state.LastSeen)));
    }

    [Fact]
    public void RecordStates_TwoInOneMillisecond_KeepsTheLast()
    {
        History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "running" }, new Instance { Id = "inst_1", Status = "stopped" }], complete: true, Noon);
        See(0, "terminated");

        Assert.Equal("terminated", Assert.Single(History.States(TempFolder.Account, At(-1))).Status);
    }

    private static DateTimeOffset At(int minute) => Noon.AddMinutes(minute);

    private void See(int minute, string status, int? started = null, decimal cost = 0.95m) =>
        History.RecordStates(TempFolder.Account,
        [
            new Instance
            {
                Id = "inst_1",
                Status = status,
                CostPerHour = cost,
                StartedAt = started is { } value ? At(value) : null,
                Gpu = "a100_80gb",
                Provider = "vast_ai",
                Region = "us-east",
                Template = "pytorch",
                Spot = false,
            },
        ], complete: false, At(minute));
}
