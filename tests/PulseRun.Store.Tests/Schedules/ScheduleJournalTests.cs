using System;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Schedules;

public sealed class ScheduleJournalTests : StoreTests
{
    private const string Account = TempFolder.Account;

    private IScheduleJournal Journal => Store.Schedules;

    [Fact]
    public void AnIntent_KeepsItsValuesButNotTheScript()
    {
        // Every property differs from its default, so that a swapped or missing column fails.
        var request = new ScheduleRequest
        {
            Name = "nightly",
            Gpu = "h100_80gb",
            Template = "custom",
            Cron = "0 2 * * *",
            MaxDurationHours = 4,
            MaxCost = 12.345m,
            Spot = false,
            DockerImage = "ghcr.io/me/x:1",
        };
        ScheduleRecord intent = Record(request) with { Before = ["a", "b"] };
        Assert.Null(Journal.Begin(Account, intent));
        Journal.MarkSent(intent.IntentId, Noon.AddSeconds(1), JournalWords.At(5));
        Journal.MarkEnded(intent.IntentId, JournalWords.At(7), isAnswered: true);

        ScheduleRecord read = Assert.Single(Journal.Open(Account));
        Assert.Equal(request, read.Request);
        Assert.Equal((intent.IntentId, Noon, TimeSpan.FromSeconds(100), OwnerState.Alive), (read.IntentId, read.RequestedAt, read.RequestTimeout, read.OwnerState));
        Assert.Equal(["a", "b"], read.Before);
        Assert.Equal((Noon.AddSeconds(1), JournalWords.At(5), JournalWords.At(7), true), (read.SentAt!.Value, read.Sent, read.Ended, read.IsAnswered));
        Assert.Empty(Journal.Open("another account"));
        Assert.Empty(Journal.Claimed("another account"));
    }

    [Fact]
    public void OneNameIsOpenOnce_InEachAccount()
    {
        ScheduleRecord first = Record("Nightly");
        Assert.Null(Journal.Begin(Account, first));
        Assert.Equal(first.IntentId, Journal.Begin(Account, Record("nightly"))!.IntentId);
        Assert.Null(Journal.Begin(Account, Record("weekly")));
        Assert.Null(Journal.Begin("another account", Record("nightly")));
        Assert.True(Journal.Close(first.IntentId, null, Noon));
        Assert.Null(Journal.Begin(Account, Record("nightly")));
    }

    [Fact]
    public void ManyAtOnce_OneBegins()
    {
        using IStore other = Folder.Open();
        ScheduleRecord?[] results = new ScheduleRecord?[32];
        Parallel.For(0, results.Length, i => results[i] = (i % 2 == 0 ? Journal : other.Schedules).Begin(Account, Record("nightly")));
        Assert.Single(results, static one => one is null);
        Assert.Single(Journal.Open(Account));
    }

    [Fact]
    public void AScheduleIsClaimedOnce_AndAClosedIntentStaysClosed()
    {
        ScheduleRecord one = Begin("a"), other = Begin("b");
        Assert.True(Journal.Close(one.IntentId, "sched_1", Noon));
        Assert.False(Journal.Close(one.IntentId, "sched_2", Noon));
        Assert.False(Journal.Close(other.IntentId, "sched_1", Noon));
        Assert.Equal([other.IntentId], Journal.Open(Account).Select(static open => open.IntentId));
        Assert.True(Journal.Close(other.IntentId, "sched_2", Noon));
        Assert.Equal(["sched_1", "sched_2"], Journal.Claimed(Account).OrderBy(static id => id));
        // Another account may have the same ids.
        ScheduleRecord elsewhere = Record("a");
        Journal.Begin("another account", elsewhere);
        Assert.True(Journal.Close(elsewhere.IntentId, "sched_1", Noon));
        // After 90 days a claim is forgotten.
        Assert.True(Journal.Close(Begin("c").IntentId, null, Noon.AddDays(91)));
        Assert.Empty(Journal.Claimed(Account));
    }

    [Fact]
    public void AnIntentThatIsGone_IsNotSent() =>
        Assert.Throws<StoreUnavailableException>(() => Journal.MarkSent(Guid.NewGuid(), Noon, JournalWords.At(1)));

    [Fact]
    public void AReleasedIntent_IsForAnyCommand_AndOfAnotherBootItCountsFromWhenItWasMet()
    {
        ScheduleRecord intent = Begin("a");
        Journal.MarkSent(intent.IntentId, Noon, JournalWords.At(5, "boot-0"));
        Journal.Release(intent.IntentId);
        Journal.Meet(intent.IntentId, JournalWords.At(100));
        Journal.Meet(intent.IntentId, JournalWords.At(200));
        ScheduleRecord read = Assert.Single(Journal.Open(Account));
        Assert.Equal((OwnerState.Released, JournalWords.At(100)), (read.OwnerState, read.FirstMet));
        TimeSpan settle = TimeSpan.FromSeconds(15);
        Assert.Equal(TimeSpan.FromSeconds(115), read.Left(settle, JournalWords.At(100)));
        Assert.Equal(TimeSpan.Zero, read.Left(settle, JournalWords.At(215)));
    }

    private ScheduleRecord Begin(string name)
    {
        ScheduleRecord record = Record(name);
        Assert.Null(Journal.Begin(Account, record));
        return record;
    }

    private static ScheduleRecord Record(string name) => Record(new ScheduleRequest { Name = name, Gpu = "h100_80gb", Template = "pytorch", Cron = "0 2 * * *" });

    private static ScheduleRecord Record(ScheduleRequest request) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = request,
        RequestedAt = Noon,
        RequestTimeout = TimeSpan.FromSeconds(100),
        Before = [],
        OwnerState = OwnerState.Alive,
    };
}
