using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Store.Tests.Launch;

/// <summary>The steps of a launch plan in the journal: one intent, one attempt after another.</summary>
public sealed class PlanJournalTests : StoreTests
{
    private static readonly LaunchRequest s_second = new() { Gpu = "l40s", Template = "pytorch", Region = "eu", Spot = true };

    private ILaunchJournal Journal => Store.Launches;

    private static LaunchRecord Attempt(Guid intent, int number) => JournalWords.Intent(intent, number == 1 ? null : s_second) with { Attempt = number, Price = 2 };

    private Guid Sent()
    {
        Guid intent = Guid.NewGuid();
        Journal.Begin(TempFolder.Account, Attempt(intent, 1), null);
        Journal.MarkSent(intent, TempFolder.Noon, JournalWords.At(1));
        return intent;
    }

    private static PlanMove Move(int attempt, string? removed = null, Guid? keptAs = null) => new(attempt, TempFolder.Noon, removed, keptAs);

    [Fact]
    public void BetweenTwoAttempts_TheIntentIsOpen_AndNothingOfItIsUnderWay()
    {
        Guid intent = Sent();
        Assert.True(Journal.MoveOn(TempFolder.Account, intent, Move(1)));
        LaunchRecord waiting = Assert.Single(Journal.Open(TempFolder.Account));
        Assert.True(waiting is { IsWaiting: true, SentAt: null, Sent: null, Ended: null, OwnerState: OwnerState.Alive, Attempt: 1 });
        // The launch reserves no price while it waits.
        var fleet = new FleetView(1, default(Burn), new HashSet<string>(), JournalWords.At(5), AllowUnknownPrice: false);
        Assert.Equal(0, fleet.Weigh([waiting], Guid.NewGuid(), 1).PerHour);

        Journal.Begin(TempFolder.Account, Attempt(intent, 2), null);
        LaunchRecord second = Assert.Single(Journal.Open(TempFolder.Account));
        Assert.True(second is { IsWaiting: false, Attempt: 2, SentAt: null });
        Assert.Equivalent(s_second, second.Request);
        Assert.Equal(2, fleet.Weigh([second], Guid.NewGuid(), 1).PerHour);
        Assert.Equal(["h100_80gb", "l40s"], Journal.Attempts(intent).Select(static one => one.Gpu));
    }

    [Fact]
    public void WhatAnotherCommandHasDecided_IsNotMovedOnFrom()
    {
        Guid intent = Sent();
        Assert.False(Journal.MoveOn(TempFolder.Account, intent, Move(2)));
        Assert.True(Journal.TryClaim(intent, "inst_1"));
        Assert.False(Journal.MoveOn(TempFolder.Account, intent, Move(1)));
        Assert.False(Journal.MoveOn(TempFolder.Account, intent, Move(1, removed: "inst_2")));
        Assert.False(Journal.MoveOn(TempFolder.Account, Guid.NewGuid(), Move(1)));
        Assert.Equal("inst_1", Assert.Single(Journal.Open(TempFolder.Account)).InstanceId);

        Guid released = Sent();
        Journal.Release(released);
        Assert.False(Journal.MoveOn(TempFolder.Account, released, Move(1)));
    }

    [Fact]
    public void AnAttempt_BeginsOnlyWhenThePlanWaits()
    {
        Guid intent = Sent();
        Assert.Throws<StoreUnavailableException>(() => Journal.Begin(TempFolder.Account, Attempt(intent, 2), null));
        Assert.True(Journal.MoveOn(TempFolder.Account, intent, Move(1)));
        Assert.True(Journal.Close(intent, LaunchClosing.NotLaunched(TempFolder.Noon)));
        Assert.Throws<StoreUnavailableException>(() => Journal.Begin(TempFolder.Account, Attempt(intent, 2), null));
    }

    [Fact]
    public void ARemovedInstance_StaysClaimed_AndIsNotReported()
    {
        Guid intent = Sent(), kept = Guid.NewGuid();
        Assert.True(Journal.Close(intent, LaunchClosing.Launched("inst_1", "answer", TempFolder.Noon)));
        Assert.True(Journal.MoveOn(TempFolder.Account, intent, Move(1, "inst_1", kept)));
        Assert.True(Journal.Find(TempFolder.Account, kept) is { InstanceId: "inst_1", IsGone: true, Outcome: LaunchOutcome.Launched, IsTold: true, SentAt: not null });
        Assert.Empty(Journal.Untold(TempFolder.Account));
        Assert.Equal(["inst_1"], Journal.Look(TempFolder.Account).Claimed);
        Journal.Begin(TempFolder.Account, Attempt(intent, 2), null);
        Assert.False(Journal.TryClaim(intent, "inst_1"));
        Assert.True(Journal.TryClaim(intent, "inst_2"));
    }

    [Fact]
    public void ADoubtfulAttempt_IsKeptForOneMoreLook()
    {
        Guid intent = Sent(), kept = Guid.NewGuid();
        Assert.True(Journal.Close(intent, LaunchClosing.NotLaunched(TempFolder.Noon, needsAnotherLook: true)));
        Assert.True(Journal.MoveOn(TempFolder.Account, intent, Move(1, keptAs: kept)));
        LaunchRecord look = Assert.Single(Journal.ToLookAtAgain(TempFolder.Account));
        Assert.True(look.IntentId == kept && look is { SentAt: not null, Sent: not null, Request.Gpu: "h100_80gb" });
    }

    [Fact]
    public void AnAnswer_ReplacesTheRowOfItsAttempt()
    {
        Guid intent = Sent();
        LaunchAttempt begun = Assert.Single(Journal.Attempts(intent));
        Assert.True(begun is { Number: 1, Duration: null, Answer: null });
        Journal.NoteAttempt(TempFolder.Account, intent, begun.Ended(TimeSpan.FromSeconds(2), ErrorIds.CapacityUnavailable, "none", null));
        Assert.Equivalent(begun.Ended(TimeSpan.FromSeconds(2), ErrorIds.CapacityUnavailable, "none", null), Assert.Single(Journal.Attempts(intent)));
        Assert.Empty(Journal.Attempts(Guid.NewGuid()));
    }
}
