using System;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
#if !POSTGRES
using Microsoft.Data.Sqlite;
using PulseRun.Store.Launch;
#endif
using Xunit;

namespace PulseRun.Store.Tests.Launch;

public sealed class LaunchJournalTests : StoreTests
{
    private ILaunchJournal Journal => Store.Launches;

    [Fact]
    public void Begin_KeepsTheWholeRequest()
    {
        // Every property differs from its default, so that a swapped or missing column fails.
        var request = new LaunchRequest
        {
            Gpu = "a100_80gb",
            Template = "custom",
            DockerImage = "ghcr.io/me/x:1",
            DiskSizeGb = 120,
            Region = "us",
            Spot = true,
            SshKeyId = "key_abc123",
            Provider = "vast_ai",
            AutoMigrate = false,
            AutoSpotRecovery = true,
            BudgetLimit = 12.345m,
        };
        Guid intent = Guid.NewGuid();

        Journal.Begin(TempFolder.Account, intent, request, Noon);

        LaunchRecord record = Assert.Single(Journal.Open(TempFolder.Account));
        Assert.Equivalent(request, record.Request);
        Assert.DoesNotContain(null, typeof(LaunchRequest).GetProperties().Select(property => property.GetValue(request)));
        Assert.Equal((intent, Noon, null, OwnerState.Alive), (record.IntentId, record.RequestedAt, record.SentAt, record.OwnerState));
        Assert.Empty(Journal.Open("another account"));
        Assert.Null(Journal.Find("another account", intent));
    }

    [Fact]
    public void Close_Launched_ClaimsAndCloses()
    {
        Guid intent = Begin();

        Assert.True(Journal.Close(intent, LaunchOutcome.Launched, "inst_1", "answer", Noon.AddSeconds(3)));

        Assert.Empty(Journal.Open(TempFolder.Account));
        LaunchRecord record = Journal.Find(TempFolder.Account, intent)!;
        Assert.Equal((LaunchOutcome.Launched, "inst_1", "answer", Noon.AddSeconds(3)), (record.Outcome, record.InstanceId, record.MatchedBy, record.ResolvedAt));
        Assert.Equal(["inst_1"], Journal.Look(TempFolder.Account).Claimed);
    }

    [Fact]
    public void Close_LaunchedWithAnothersInstance_ChangesNothing()
    {
        Journal.Close(Begin(), LaunchOutcome.Launched, "inst_1", null, Noon);
        Guid second = Begin();

        Assert.False(Journal.Close(second, LaunchOutcome.Launched, "inst_1", null, Noon));

        Assert.Equal(second, Assert.Single(Journal.Open(TempFolder.Account)).IntentId);
    }

    [Fact]
    public void Close_LaunchedAfterNotLaunched_IsTheTruthThatCameLate()
    {
        Guid intent = Begin();
        Journal.Close(intent, LaunchOutcome.NotLaunched, null, null, Noon);

        Assert.True(Journal.Close(intent, LaunchOutcome.Launched, "inst_1", null, Noon));
        Assert.False(Journal.Close(intent, LaunchOutcome.NotLaunched, null, null, Noon));
        Assert.False(Journal.Close(intent, LaunchOutcome.Launched, "inst_2", null, Noon));
        Assert.True(Journal.Close(intent, LaunchOutcome.Launched, "inst_1", null, Noon));

        Assert.Equal("inst_1", Journal.Find(TempFolder.Account, intent)!.InstanceId);
    }

    /// <summary>A command that resolves the same launch has claimed its instance and still checks its limits. A list that does not show it is no proof then.</summary>
    [Fact]
    public void Close_NotListed_WithAnInstance_ChangesNothing()
    {
        Guid intent = Begin();
        Assert.True(Journal.TryClaim(intent, "inst_1"));

        Assert.False(Journal.Close(intent, LaunchClosing.NotLaunched(Noon, needsAnotherLook: true)));
        Assert.Equal("inst_1", Assert.Single(Journal.Open(TempFolder.Account)).InstanceId);

        Assert.True(Journal.Close(intent, LaunchClosing.NotLaunched(Noon)));
    }

    [Theory]
    [InlineData(LaunchOutcome.Unknown, "inst_1")]
    [InlineData(LaunchOutcome.Launched, null)]
    public void Close_WithoutAnOutcome_IsRefused(LaunchOutcome outcome, string? instance)
    {
        Guid intent = Begin();

        Assert.Throws<ArgumentException>(() => Journal.Close(intent, outcome, instance, null, Noon));

        Assert.Single(Journal.Open(TempFolder.Account));
    }

    [Fact]
    public void TryClaim_OwnAgain_IsTrue_AnotherOrASecond_IsFalse()
    {
        Guid first = Begin();
        Guid second = Begin();

        Assert.True(Journal.TryClaim(first, "inst_1"));
        Assert.True(Journal.TryClaim(first, "inst_1"));
        Assert.False(Journal.TryClaim(second, "inst_1"));
        Assert.False(Journal.TryClaim(first, "inst_2"));
        Assert.True(Journal.TryClaim(second, "inst_2"));
        Assert.False(Journal.TryClaim(Guid.NewGuid(), "inst_3"));
    }

    [Fact]
    public void TryClaim_SameIdInAnotherAccount_IsTrue()
    {
        Guid other = Guid.NewGuid();
        Journal.Begin("another account", other, new LaunchRequest { Gpu = "g", Template = "t" }, Noon);

        Assert.True(Journal.TryClaim(Begin(), "inst_1"));
        Assert.True(Journal.TryClaim(other, "inst_1"));
    }

    [Fact]
    public void Close_NotLaunched_GivesTheClaimBack()
    {
        Guid wrong = Begin();
        Journal.TryClaim(wrong, "inst_1");

        Journal.Close(wrong, LaunchOutcome.NotLaunched, null, null, Noon);

        Assert.True(Journal.TryClaim(Begin(), "inst_1"));
    }

    [Fact]
    public void TryAdopt_OfAReleasedLaunch_SucceedsOnce()
    {
        Guid intent = Begin();
        Journal.Release(intent);
        LaunchRecord seen = Assert.Single(Journal.Open(TempFolder.Account));
        Assert.Equal(OwnerState.Released, seen.OwnerState);

        Assert.True(Journal.TryAdopt(seen));
        Assert.False(Journal.TryAdopt(seen));

        Assert.Equal(OwnerState.Alive, Assert.Single(Journal.Open(TempFolder.Account)).OwnerState);
    }

    [Fact]
    public void TryAdopt_OfAClosedLaunch_Fails()
    {
        Guid intent = Begin();
        LaunchRecord seen = Assert.Single(Journal.Open(TempFolder.Account));
        Journal.Close(intent, LaunchOutcome.NotLaunched, null, null, Noon);

        Assert.False(Journal.TryAdopt(seen));
    }

    [Theory]
    [InlineData("elsewhere|1|boot:1", OwnerState.Elsewhere)]
    [InlineData("nonsense", OwnerState.Elsewhere)]
    public void Open_OwnerOfAnotherMachine_IsElsewhere(string owner, object expected)
    {
        Guid intent = Begin();
        _ = Outside.Ask(Folder.File, "UPDATE launch SET owner = '" + owner + "' WHERE intent = '" + intent + "'");

        Assert.Equal(expected, Assert.Single(Journal.Open(TempFolder.Account)).OwnerState);
    }

    [Fact]
    public void Open_OwnerWhoseProcessIdIsUsedAgain_IsDead()
    {
        Guid intent = Begin();
        _ = Outside.Ask(Folder.File, "UPDATE launch SET owner = owner || '0' WHERE intent = '" + intent + "'");

        Assert.Equal(OwnerState.Dead, Assert.Single(Journal.Open(TempFolder.Account)).OwnerState);
    }

    [Fact]
    public async Task Begin_FromManyThreadsAtOnce_WritesAll()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(Begin)));

        Assert.Equal(64, Journal.Open(TempFolder.Account).Count);
    }

    [Fact]
    public void Close_DropsWhatWasClosedNinetyDaysAgo_NeverWhatIsOpen()
    {
        Guid old = Begin();
        Guid open = Begin();
        Journal.Close(old, LaunchOutcome.Launched, "inst_1", null, Noon);

        Journal.Close(Begin(), LaunchOutcome.NotLaunched, null, null, Noon.AddDays(89));
        Assert.NotNull(Journal.Find(TempFolder.Account, old));
        Journal.Close(Begin(), LaunchOutcome.NotLaunched, null, null, Noon.AddDays(91));

        Assert.Null(Journal.Find(TempFolder.Account, old));
        Assert.NotNull(Journal.Find(TempFolder.Account, open));
    }

    /// <summary>Tests that the order of writing decides, because the clock may be set back between a launch and the list that shows it.</summary>
    [Fact]
    public void Look_KnowsWhatWasThereBeforeALaunchWasSent_WhateverTheClockSays()
    {
        Store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_listed", Status = "running" }], complete: true, Noon);
        Store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_read", SampledAt = Noon }], Noon);
        Guid intent = Begin();
        Journal.MarkSent(intent, Noon);
        Store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_late", Status = "running" }], complete: false, Noon.AddHours(-1));

        JournalView view = Journal.Look(TempFolder.Account);
        LaunchRecord launch = Assert.Single(view.Open);

        Assert.Equal(["inst_listed", "inst_read"], new[] { "inst_late", "inst_listed", "inst_read", "inst_never" }.Where(id => view.WasThereBefore(launch, id)));
        Assert.Empty(Journal.Look("another account").Numbers);
    }

    [Fact]
    public void Untold_IsWhatWasLaunchedAndNotWritten_WithItsOwner_UntilItIsTold()
    {
        Guid launched = Begin(), failed = Begin(), open = Begin();
        Journal.Close(launched, LaunchOutcome.Launched, "inst_1", null, Noon);
        Journal.Close(failed, LaunchOutcome.NotLaunched, null, null, Noon);

        LaunchRecord untold = Assert.Single(Journal.Untold(TempFolder.Account));

        Assert.Equal((launched, "inst_1", OwnerState.Alive), (untold.IntentId, untold.InstanceId, untold.OwnerState));
        Journal.Release(launched, open);
        Assert.Equal(OwnerState.Released, Assert.Single(Journal.Untold(TempFolder.Account)).OwnerState);
        Journal.MarkTold([launched]);
        Assert.Empty(Journal.Untold(TempFolder.Account));
        Assert.True(Journal.Find(TempFolder.Account, launched)!.IsTold);
    }

    [Fact]
    public void Intent_KeepsLimitsAndClock()
    {
        Guid intent = Guid.NewGuid();
        Journal.Begin(TempFolder.Account, JournalWords.Intent(intent) with { MaxHourlyCost = 1.25m, MaxFleetCostPerHour = 9, AllowUnknownPrice = true, RequestTimeout = TimeSpan.FromSeconds(7) }, null);
        Journal.MarkSent(intent, Noon, JournalWords.At(10));
        Journal.MarkEnded(intent, JournalWords.At(10.5), isAnswered: true);

        LaunchRecord kept = Journal.Find(TempFolder.Account, intent)!;

        Assert.Equal((1.25m, 9m, true, TimeSpan.FromSeconds(7)), (kept.MaxHourlyCost!.Value, kept.MaxFleetCostPerHour!.Value, kept.AllowUnknownPrice, kept.RequestTimeout!.Value));
        Assert.Equal((JournalWords.At(10), JournalWords.At(10.5), true), (kept.Sent, kept.Ended, kept.IsAnswered));
        // After a rejection the launch is sent again, which replaces the earlier times.
        Journal.MarkSent(intent, Noon, JournalWords.At(20));
        Assert.Null(Journal.Find(TempFolder.Account, intent)!.Ended);
    }

#if !POSTGRES
    /// <summary>These queries run before every launch. Without an index they read all launches of 90 days.</summary>
    [Theory]
    [InlineData(LaunchJournal.OpenOnes, "launch_open")]
    [InlineData(LaunchJournal.UntoldOnes, "launch_untold")]
    [InlineData(LaunchJournal.UnseenOnes, "launch_look_again")]
    public void Queries_UseTheirIndex(string where, string index)
    {
        Begin();
        using SqliteConnection outside = Outside.Connect(Folder.File);
        using SqliteCommand explain = outside.CreateCommand();
        explain.CommandText = "EXPLAIN QUERY PLAN " + LaunchRows.Select + where;
        explain.Parameters.AddWithValue("?1", 1);
        using SqliteDataReader plan = explain.ExecuteReader();
        Assert.True(plan.Read());
        Assert.Contains("SEARCH launch USING INDEX " + index + " (account=?)", plan.GetString(3), StringComparison.Ordinal);
    }

#endif
    [Fact]
    public void MarkSent_OfWhatIsNotThere_IsRefused() =>
        Assert.Throws<StoreUnavailableException>(() => Journal.MarkSent(Guid.NewGuid(), Noon, JournalWords.At(1)));

    [Fact]
    public void Meet_KeepsTheFirstMeetingOfABoot()
    {
        Guid intent = Begin();
        Journal.Meet(intent, JournalWords.At(5));
        Journal.Meet(intent, JournalWords.At(9));
        Assert.Equal(JournalWords.At(5), Journal.Find(TempFolder.Account, intent)!.FirstMet);
        Journal.Meet(intent, JournalWords.At(2, "boot-2"));
        Assert.Equal(JournalWords.At(2, "boot-2"), Journal.Find(TempFolder.Account, intent)!.FirstMet);
    }

    [Fact]
    public void NotLaunched_IsLookedAtAgain_Once_AndMayBeOpenedAgain()
    {
        Guid intent = Begin(), byServer = Begin();
        Journal.Close(intent, LaunchClosing.NotLaunched(Noon, needsAnotherLook: true));
        Journal.Close(byServer, LaunchClosing.NotLaunched(Noon));

        Assert.Equal(intent, Assert.Single(Journal.ToLookAtAgain(TempFolder.Account)).IntentId);
        Journal.Reopen(intent);
        Assert.Equal(intent, Assert.Single(Journal.Open(TempFolder.Account)).IntentId);
        Journal.Close(intent, LaunchClosing.NotLaunched(Noon, needsAnotherLook: true));
        Journal.MarkLookedAtAgain([intent]);
        Assert.Empty(Journal.ToLookAtAgain(TempFolder.Account));
        Journal.Close(byServer, LaunchOutcome.Launched, "inst_1", null, Noon);
        Journal.Reopen(byServer);
        Assert.Empty(Journal.Open(TempFolder.Account));
    }

    private Guid Begin()
    {
        Guid intent = Guid.NewGuid();
        Journal.Begin(TempFolder.Account, intent, new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, Noon);
        return intent;
    }
}
