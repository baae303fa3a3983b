using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Notes;

public sealed class NoteTests : StoreTests
{
    private const string Service = "https://api.example/";

    private static readonly NoteScope s_scope = TempFolder.Scope;
    private static readonly NoteScope s_newKey = new(Service, "account-b");

    [Fact]
    public void ALaunch_WritesItsNoteWithTheIntent_AndBindsItWhenItIsClosed()
    {
        LaunchRecord launch = Launch("train-7", TimeSpan.FromHours(8));
        Assert.Null(Store.Launches.Begin(TempFolder.Account, launch, null).Refusal);
        Assert.Empty(Store.Notes.Living(Service));
        Assert.Equal(launch.IntentId, Store.Notes.Named(s_scope, "TRAIN-7")!.IntentId);

        Store.Launches.MarkSent(launch.IntentId, Noon.AddMinutes(10), new SteadyTime("boot", TimeSpan.FromSeconds(1)));
        Store.Launches.Close(launch.IntentId, LaunchClosing.Launched("inst_a", null, Noon.AddDays(1)));

        InstanceNote note = Store.Notes.Living(Service)["inst_a"];
        Assert.Equal(("train-7", "ann@host", Noon.AddMinutes(10).AddHours(8), ExpiryAction.Remove), (note!.Name, note.LaunchedBy, note.ExpiresAt, note.AtExpiry));
        Assert.Equal("ann", note.Tags["OWNER"]);
        Assert.Equal(note, Store.Notes.Get(Service, "inst_a")! with { Tags = note.Tags });
        Assert.Null(Store.Notes.Get("https://other.example/", "inst_a"));
    }

    [Fact]
    public void ALaunch_ThatIsOnlyClaimed_HasItsNote()
    {
        LaunchRecord launch = Launch("train-7");
        Store.Launches.Begin(TempFolder.Account, launch, null);
        Assert.True(Store.Launches.TryClaim(launch.IntentId, "inst_a"));
        Assert.Equal("train-7", Store.Notes.Get(Service, "inst_a")!.Name);
        Assert.True(Store.Launches.Close(launch.IntentId, LaunchClosing.Launched("inst_a", null, Noon)));
        Assert.Equal("train-7", Store.Notes.Get(Service, "inst_a")!.Name);
    }

    [Fact]
    public void AName_IsTakenByALivingInstance_AndByAnOpenLaunch_AndFreeAfterwards()
    {
        LaunchRecord first = Launch("train-7");
        Store.Launches.Begin(TempFolder.Account, first, null);
        PulseRunException? refusal = Store.Launches.Begin(TempFolder.Account, Launch("Train-7"), null).Refusal;
        Assert.Equal((ErrorIds.InvalidRequest, "Name"), (refusal!.ErrorId, refusal.Field));
        Assert.Contains(first.IntentId.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Single(Store.Launches.Open(TempFolder.Account));

        Store.Launches.Close(first.IntentId, LaunchClosing.NotLaunched(Noon));
        LaunchRecord second = Launch("train-7");
        Assert.Null(Store.Launches.Begin(TempFolder.Account, second, null).Refusal);
        Store.Launches.Close(second.IntentId, LaunchClosing.Launched("inst_a", null, Noon));
        Assert.Contains("inst_a", Store.Launches.Begin(TempFolder.Account, Launch("train-7"), null).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("inst_a", Assert.Throws<PulseRunException>(() => Named("inst_b", "TRAIN-7")).Message, StringComparison.Ordinal);
        Assert.Null(Store.Notes.Get(Service, "inst_b"));

        Store.Notes.MarkRemoved(s_scope, "inst_a", Noon);
        Assert.Equal("TRAIN-7", Named("inst_b", "TRAIN-7").Name);
        Assert.True(Store.Notes.Get(Service, "inst_a")!.WasRemoved);
        // The first launch is found after all. Its name has a new owner, and it keeps everything else.
        Store.Launches.Reopen(first.IntentId);
        Store.Launches.Close(first.IntentId, LaunchClosing.Launched("inst_c", null, Noon));
        Assert.Equal((null, "ann@host"), (Store.Notes.Get(Service, "inst_c")!.Name, Store.Notes.Get(Service, "inst_c")!.LaunchedBy));
        Assert.Null(Store.Notes.Get(Service, "inst_c")!.GoneSince);
    }

    [Fact]
    public void AnotherAccount_MayHaveTheSameName()
    {
        Named("inst_a", "train-7");
        Assert.Null(Store.Launches.Begin("account-b", Launch("train-7"), null).Refusal);
        Assert.Equal("inst_a", Store.Notes.Named(s_scope, "train-7")!.Id);
        Assert.Equal("", Store.Notes.Named(s_newKey, "train-7")!.Id);
    }

    [Fact]
    public void Change_SetsAndClears_AndRefusesTooManyTags()
    {
        Store.Notes.Change(s_scope, "inst_a", new NoteChange { Name = new("x"), Tags = new Dictionary<string, string> { ["owner"] = "ann", ["team"] = "nlp" }, ExpiresAt = new(Noon), AtExpiry = ExpiryAction.Remove }, Noon);
        InstanceNote note = Store.Notes.Change(s_scope, "inst_a", new NoteChange { Name = new(null), RemoveTags = ["OWNER"], ExpiresAt = new(null) }, Noon);
        Assert.Equal((null, null, ExpiryAction.Remove), (note.Name, note.ExpiresAt, note.AtExpiry));
        Assert.Equal(["team"], Store.Notes.Get(Service, "inst_a")!.Tags.Keys);

        Dictionary<string, string> many = Enumerable.Range(0, 32).ToDictionary(i => "k" + i, i => "v");
        Assert.Throws<PulseRunException>(() => Store.Notes.Change(s_scope, "inst_a", new NoteChange { Tags = many }, Noon));
        Assert.Single(Store.Notes.Get(Service, "inst_a")!.Tags);
    }

    [Fact]
    public void Seen_MarksWhatTheListLacks_AndTakesItBack()
    {
        Named("inst_a", "a");
        Named("inst_b", "b");
        Store.Notes.Seen(s_scope, ["inst_b"], Noon.AddSeconds(30));
        Assert.Equal(2, Store.Notes.Living(Service).Count);

        Store.Notes.Seen(s_scope, ["inst_b"], Noon.AddMinutes(2));
        Assert.Equal(["inst_b"], Store.Notes.Living(Service).Keys);
        Assert.Equal(Noon.AddMinutes(2), Store.Notes.Get(Service, "inst_a")!.GoneSince);
        Assert.Equal("a", Named("inst_c", "a").Name);

        Store.Notes.Seen(s_scope, ["inst_a", "inst_b", "inst_c"], Noon.AddMinutes(4));
        Assert.Equal([("inst_a", null), ("inst_b", "b"), ("inst_c", "a")], Store.Notes.Living(Service).Values.Select(note => (note.Id, note.Name)).Order());
    }

    [Fact]
    public void Seen_WithANewKey_TakesOverWhatItLists_AndTouchesNothingElse()
    {
        Named("inst_a", "a");
        Named("inst_b", "b");
        Store.Notes.Seen(s_newKey, ["inst_a"], Noon.AddHours(1));
        Assert.Equal(["inst_a", "inst_b"], Store.Notes.Living(Service).Keys.Order());
        Assert.Equal("account-b", Store.Notes.Get(Service, "inst_a")!.Account);
        Store.Notes.Seen(s_newKey, [], Noon.AddHours(2));
        Assert.Equal(["inst_b"], Store.Notes.Living(Service).Keys);
    }

    [Fact]
    public void ANote_OutlivesItsInstanceBy90Days_AndAProtectionIsNeverDeleted()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow.AddDays(-100);
        Store.Notes.Change(s_scope, "inst_a", new NoteChange { Name = new("a") }, now);
        Store.Notes.Protect(s_scope, "inst_b", null, null, now);
        Store.Notes.Seen(s_scope, [], now.AddHours(1));
        Store.Notes.Seen(s_scope, [], now.AddDays(89));
        Assert.Equal(2, Store.Notes.All(Service).Count);
        Store.Notes.Seen(s_scope, [], now.AddDays(91));
        Assert.Equal(["inst_b"], Store.Notes.All(Service).Select(note => note.Id));
    }

    [Fact]
    public void Removed_StaysRemoved_WhileAListStillShowsIt()
    {
        Named("inst_a", "a");
        Store.Notes.MarkRemoved(s_scope, "inst_a", Noon.AddMinutes(5));
        Store.Notes.Seen(s_scope, ["inst_a"], Noon.AddMinutes(6));
        Assert.True(Store.Notes.Get(Service, "inst_a")!.WasRemoved);
        Store.Notes.Seen(s_scope, ["inst_a"], Noon.AddMinutes(16));
        Assert.False(Store.Notes.Get(Service, "inst_a")!.WasRemoved);
        Assert.Null(Store.Notes.Get(Service, "inst_a")!.GoneSince);
    }

    [Fact]
    public void Move_TakesEverythingAlong_ToAnInstanceWithoutANote()
    {
        Store.Notes.Change(s_scope, "inst_a", new NoteChange { Name = new("a"), Tags = new Dictionary<string, string> { ["owner"] = "ann" }, ExpiresAt = new(Noon.AddHours(3)) }, Noon);
        Store.Notes.Protect(s_scope, "inst_a", "a long run", null, Noon);
        Named("inst_c", "c");
        Store.Notes.Seen(s_scope, ["inst_c"], Noon.AddHours(1));
        Assert.Throws<PulseRunException>(() => Store.Notes.Move(s_scope, "inst_a", "inst_c", Noon));
        Assert.Throws<PulseRunException>(() => Store.Notes.Move(s_scope, "inst_none", "inst_b", Noon));

        Store.Notes.Protect(s_scope, "inst_b", "another", null, Noon);
        InstanceNote moved = Store.Notes.Move(s_scope, "inst_a", "inst_b", Noon.AddHours(1));

        Assert.Equal(("inst_b", "a", Noon.AddHours(3), null), (moved.Id, moved.Name, moved.ExpiresAt, moved.GoneSince));
        Assert.Null(Store.Notes.Get(Service, "inst_a"));
        Assert.Equal(["inst_b"], Store.Notes.Protections(Noon).Keys);
    }

    [Fact]
    public void ANoteWrittenBeforeItsLaunchWasResolved_IsJoined_AndAnOlderOneIsNot()
    {
        LaunchRecord launch = Launch("train-7", TimeSpan.FromHours(1));
        Store.Launches.Begin(TempFolder.Account, launch, null);
        Store.Notes.Change(s_scope, "inst_a", new NoteChange { Tags = new Dictionary<string, string> { ["team"] = "nlp", ["owner"] = "bob" }, ExpiresAt = new(Noon.AddHours(5)) }, Noon.AddMinutes(1));
        Store.Notes.Protect(s_scope, "inst_a", "a long run", null, Noon);
        Store.Launches.Close(launch.IntentId, LaunchClosing.Launched("inst_a", null, Noon));
        InstanceNote note = Assert.Single(Store.Notes.All(Service));
        Assert.Equal(("train-7", "ann@host", Noon.AddHours(5), "owner=bob team=nlp"), (note.Name, note.LaunchedBy, note.ExpiresAt, string.Join(" ", note.Tags.Select(tag => tag.Key + "=" + tag.Value))));
        Assert.Equal(["inst_a"], Store.Notes.Protections(Noon).Keys);

        Store.Notes.Change(s_scope, "inst_b", new NoteChange { Name = new("old") }, Noon.AddDays(-1));
        LaunchRecord next = Launch("new");
        Store.Launches.Begin(TempFolder.Account, next, null);
        Store.Launches.Close(next.IntentId, LaunchClosing.Launched("inst_b", null, Noon));
        Assert.Equal("new", Store.Notes.Get(Service, "inst_b")!.Name);
    }

    [Fact]
    public void AWarning_IsClaimedOnceForEachEnd()
    {
        Store.Notes.Change(s_scope, "inst_a", new NoteChange { ExpiresAt = new(Noon) }, Noon);
        Assert.False(Store.Notes.TryClaimWarning(s_scope, "inst_none", Noon, TimeSpan.FromMinutes(1)));
        Assert.True(Store.Notes.TryClaimWarning(s_scope, "inst_a", Noon, TimeSpan.FromMinutes(1)));
        Assert.False(Store.Notes.TryClaimWarning(s_scope, "inst_a", Noon, TimeSpan.FromMinutes(1)));
        Store.Notes.EndWarning(s_scope, "inst_a", Noon, wasSent: false);
        Assert.True(Store.Notes.TryClaimWarning(s_scope, "inst_a", Noon, TimeSpan.FromMinutes(1)));
        Store.Notes.EndWarning(s_scope, "inst_a", Noon, wasSent: true);
        Assert.False(Store.Notes.TryClaimWarning(s_scope, "inst_a", Noon, TimeSpan.FromMinutes(1)));
        Assert.True(Store.Notes.TryClaimWarning(s_scope, "inst_a", Noon.AddHours(1), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Protect_LeavesTheRestOfTheNote_AndWritesNoMarker()
    {
        string marker = Path.Combine(Folder.Data, "pulserun.notes");
        Store.Notes.Protect(s_scope, "inst_a", null, null, Noon);
        Assert.False(File.Exists(marker));
        Named("inst_a", "a");
        Assert.True(File.Exists(marker));
        Assert.True(Store.Notes.Unprotect("inst_a"));
        Assert.Equal("a", Store.Notes.Get(Service, "inst_a")!.Name);
        Store.Notes.Protect(s_scope, "inst_b", null, null, Noon);
        Assert.True(Store.Notes.Unprotect("inst_b"));
        Assert.Null(Store.Notes.Get(Service, "inst_b"));
    }

#if NET
    [Fact]
    public void Names_AreUnique_WhenFiveProcessesLaunchAtOnce()
    {
        List<OtherProcess> others = [.. Enumerable.Range(0, 5).Select(_ => OtherProcess.Start("names", Folder.Data, "40"))];
        try
        {
            others.ForEach(static other => other.Go());
            List<string> got = [.. others.SelectMany(static other => other.Finish())];
            Assert.Equal(40, got.Count);
            Assert.Equal(40, got.Distinct().Count());
        }
        finally
        {
            others.ForEach(static other => other.Dispose());
        }
    }
#endif

    internal static LaunchRecord Launch(string? name, TimeSpan? lifetime = null) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" },
        RequestedAt = TempFolder.Noon,
        OwnerState = OwnerState.Alive,
        Note = new LaunchNote
        {
            Service = Service,
            Name = name,
            Tags = new Dictionary<string, string> { ["owner"] = "ann" },
            LaunchedBy = "ann@host",
            Lifetime = lifetime,
            AtExpiry = ExpiryAction.Remove,
        },
    };

    private InstanceNote Named(string id, string name) => Store.Notes.Change(s_scope, id, new NoteChange { Name = new Setting<string?>(name) }, Noon);
}
