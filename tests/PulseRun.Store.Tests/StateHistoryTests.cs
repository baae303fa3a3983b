using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;
using Xunit;

namespace PulseRun.Tests;

public sealed class StateHistoryTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    private readonly TempFolder _folder = new();
    private readonly IStore _store;

    public StateHistoryTests() => _store = _folder.Open();

    private IHistory History => _store.History;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

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
        Assert.Equal(At(10), History.StoppedSince(TempFolder.Account, "inst_1"));
    }

    [Fact]
    public void StoppedSince_OfOneThatRuns_OrIsUnknown_IsNull()
    {
        See(0, "stopped");
        See(1, "running");

        Assert.Null(History.StoppedSince(TempFolder.Account, "inst_1"));
        Assert.Null(History.StoppedSince(TempFolder.Account, "inst_2"));
        Assert.Null(History.StoppedSince("another account", "inst_1"));
    }

    [Fact]
    public void StoppedSince_AfterARestartThatNobodySaw_BeginsAnew()
    {
        See(0, "stopped", started: -100);
        See(60, "stopped", started: 30);

        Assert.Equal(At(60), History.StoppedSince(TempFolder.Account, "inst_1"));
    }

    [Fact]
    public void StoppedSince_WhenThePriceChanges_GoesOn()
    {
        See(0, "stopped", cost: 0.95m);
        See(60, "stopped", cost: 0.05m);

        Assert.Equal(At(0), History.StoppedSince(TempFolder.Account, "inst_1"));
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
        History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1" }], complete: true, s_noon);

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
        History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "running" }, new Instance { Id = "inst_1", Status = "stopped" }], complete: true, s_noon);
        See(0, "terminated");

        Assert.Equal("terminated", Assert.Single(History.States(TempFolder.Account, At(-1))).Status);
    }

    private static DateTimeOffset At(int minute) => s_noon.AddMinutes(minute);

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
