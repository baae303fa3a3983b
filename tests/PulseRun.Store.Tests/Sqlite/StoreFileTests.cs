using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using PulseRun.Core.Launch;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.Store.Files;
using PulseRun.Store.Sqlite;
using Xunit;

namespace PulseRun.Store.Tests.Sqlite;

public sealed class StoreFileTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Use_WhereAFileStandsInForTheFolder_IsUnwritable()
    {
        File.WriteAllText(_folder.Data, "not a folder");
        using IStore store = _folder.Open();

        Assert.Equal(StoreFailure.Unwritable, Fails(() => Begin(store)).Reason);
        Assert.Equal(StoreFailure.Unwritable, Fails(() => store.Notes.Protections(s_noon)).Reason);
    }

    [Fact]
    public void Use_WhereAFolderStandsInForTheFile_IsUnwritable()
    {
        Directory.CreateDirectory(_folder.File);
        using IStore store = _folder.Open();

        StoreUnavailableException e = Fails(() => Begin(store));

        Assert.Equal(StoreFailure.Unwritable, e.Reason);
        Assert.Contains(_folder.File, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Begin_WhenFull_FailsAndLeavesTheStoreUsable()
    {
        using (IStore store = _folder.Open())
            Begin(store);
        using IStore small = _folder.Open(new StoreLimits { MaxPages = 1 });
        int begun = 1;

        StoreUnavailableException e = Fails(() =>
        {
            for (; begun < 10_000; begun++)
                Begin(small);
        });

        Assert.Equal(StoreFailure.Full, e.Reason);
        Assert.Equal(begun, small.Launches.Open(TempFolder.Account).Count);
    }

    [Fact]
    public void Begin_WhileAnotherHoldsTheFile_IsLocked()
    {
        using IStore store = _folder.Open(new StoreLimits { Patience = TimeSpan.FromMilliseconds(50) });
        Begin(store);
        using SqliteConnection other = Outside.Connect(_folder.File);
        _ = Outside.Ask(other, "BEGIN IMMEDIATE");

        Assert.Equal(StoreFailure.Locked, Fails(() => Begin(store)).Reason);
        Assert.Single(store.Launches.Open(TempFolder.Account));

        _ = Outside.Ask(other, "ROLLBACK");
        Begin(store);
    }

    [Fact]
    public void Use_OfADamagedFile_SetsItAsideAndSaysSoOnce()
    {
        Directory.CreateDirectory(_folder.Data);
        byte[] garbage = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("this is no database. ", 500)));
        File.WriteAllBytes(_folder.File, garbage);
        using IStore store = _folder.Open();
        Assert.Null(store.TakeNotice());

        Begin(store);

        string aside = Directory.GetFiles(_folder.Data, "pulserun.db.corrupt-*").Single();
        Assert.Equal(garbage, File.ReadAllBytes(aside));
        string notice = store.TakeNotice()!;
        Assert.Contains(aside, notice, StringComparison.Ordinal);
        Assert.Contains("pen launches may be in it", notice, StringComparison.Ordinal);
        Assert.Null(store.TakeNotice());
        Assert.Single(store.Launches.Open(TempFolder.Account));
    }

    [Fact]
    public void Use_OfAFileDamagedInTheMiddle_SetsItAsideWithItsLog()
    {
        using (IStore store = _folder.Open())
        {
            for (int i = 0; i < 200; i++)
                Begin(store);
        }
        byte[] bytes = File.ReadAllBytes(_folder.File);
        for (int i = 4096; i < bytes.Length; i++)
            bytes[i] = 0x5a;
        File.WriteAllBytes(_folder.File, bytes);
        using IStore damaged = _folder.Open();

        Begin(damaged);

        Assert.NotNull(damaged.TakeNotice());
        Assert.Single(damaged.Launches.Open(TempFolder.Account));
    }

    /// <summary>Tests several kinds of damage: readable protections and launches are copied to the new store, and the damaged file is kept until a person deletes it.</summary>
    [Theory]
    [InlineData("header")]
    [InlineData("first page")]
    [InlineData("history")]
    [InlineData("one page of launches")]
    public void Use_OfADamagedFile_SalvagesProtectionsAndLaunches(string where)
    {
        using (IStore store = _folder.Open())
        {
            store.Notes.Protect(TempFolder.Scope, "inst_a", "a long run", null, s_noon);
            store.Notes.Protect(new("a service", "another account"), "inst_b", "it's \"quoted\"", s_noon.AddDays(9), s_noon);
            for (int i = 0; i < 300; i++)
                Begin(store);
            for (int i = 0; i < 200; i++)
                store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, 20).Select(n => new InstanceMetrics { Id = "inst_" + n, SampledAt = s_noon.AddMinutes(i), GpuUtilization = 3 })], s_noon.AddMinutes(i));
        }
        _ = Outside.Ask(_folder.File, "PRAGMA wal_checkpoint(TRUNCATE)");
        byte[] bytes = File.ReadAllBytes(_folder.File);
        if (where == "header")
            Spoil(bytes, 0, 100);
        if (where == "first page")
            Spoil(bytes, 0, 4096);
        if (where == "history")
        {
            // The root page of the readings is damaged, so that the next recording finds the damage.
            Spoil(bytes, 4096 * ((int)RootOf("sample") - 1), 4096);
        }
        if (where == "one page of launches")
        {
            // Damages a leaf page in the middle of the table, found by its content, and the root page of the readings, so that the damage is found.
            int leaf = Enumerable.Range(10, bytes.Length / 4096 - 10).First(page => page % 3 == 0 && Encoding.ASCII.GetString(bytes, page * 4096, 4096).Contains("h100_80gb"));
            Spoil(bytes, leaf * 4096, 4096);
            Spoil(bytes, 4096 * ((int)RootOf("sample") - 1), 4096);
        }
        foreach (string part in new[] { "-wal", "-shm" })
            File.Delete(_folder.File + part);
        File.WriteAllBytes(_folder.File, bytes);
        using IStore damaged = _folder.Open();

        damaged.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = s_noon.AddDays(1), GpuUtilization = 3 }], s_noon.AddDays(1));

        string aside = damaged.Damaged!;
        Assert.Contains(aside, damaged.TakeNotice()!, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(aside));
        Assert.Equal([("inst_a", "a long run"), ("inst_b", "it's \"quoted\"")], damaged.Notes.Protections(s_noon).Values.Select(one => (one.Id, one.Reason!)));
        int launches = damaged.Launches.Open(TempFolder.Account).Count;
        if (where == "one page of launches")
            Assert.InRange(launches, 200, 299);
        else
            Assert.Equal(300, launches);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Data), file => file.Contains("salvage"));
        Assert.Equal("ok", Outside.Ask(_folder.File, "PRAGMA integrity_check"));

        // Every process reports the damaged file as long as it exists.
        using (IStore later = _folder.Open())
            Assert.Equal(aside, later.Damaged);
        foreach (string part in Directory.GetFiles(_folder.Data, "pulserun.db.corrupt-*"))
            File.Delete(part);
        Assert.Null(damaged.Damaged);
    }

    private long RootOf(string table) => (long)Outside.Ask(_folder.File, "SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'")!;

    private static void Spoil(byte[] bytes, int from, int length)
    {
        for (int i = from; i < from + length; i++)
            bytes[i] = 0x5a;
    }

    /// <summary>SQLite takes an empty file for a new database, and deletes its log.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Use_OfAnEmptiedFile_SetsItAside_AndSalvagesItsLog(bool hasLog)
    {
        using (IStore store = _folder.Open())
        {
            Begin(store);
            _ = store.Notes.Protect(TempFolder.Scope, "inst_a", null, null, s_noon);
            foreach (string part in new[] { "", "-wal" })
                File.Copy(_folder.File + part, _folder.File + part + ".copy");
        }
        using (FileStream file = File.OpenWrite(_folder.File))
            file.SetLength(0);
        if (hasLog)
            File.Copy(_folder.File + "-wal.copy", _folder.File + "-wal", overwrite: true);
        else
            File.Delete(_folder.File + "-wal");
        using IStore after = _folder.Open();

        Assert.Equal(hasLog, after.Notes.Protections(s_noon).ContainsKey("inst_a"));

        Assert.NotNull(after.Damaged);
        Assert.Contains("was damaged", after.TakeNotice(), StringComparison.Ordinal);
    }

    [Fact]
    public void Use_OfAnEmptyFileThatNeverWasAStore_CreatesOne()
    {
        Directory.CreateDirectory(_folder.Data);
        File.WriteAllBytes(_folder.File, []);
        using IStore store = _folder.Open();

        Begin(store);

        Assert.Null(store.Damaged);
        Assert.Null(store.TakeNotice());
    }

    /// <summary>Between its creation and its first page, the file is as empty as one that lost its content.</summary>
    [Fact]
    public void Use_AfterTheFileWasDeleted_WaitsForTheProcessThatCreatesIt()
    {
        using (IStore store = _folder.Open())
            Begin(store);
        foreach (string part in Directory.GetFiles(_folder.Data, "pulserun.db*"))
        {
            if (!part.EndsWith(".lock", StringComparison.Ordinal))
                File.Delete(part);
        }
        string? damaged = "not opened";
        var opener = new Thread(() =>
        {
            using IStore store = _folder.Open();
            Begin(store);
            damaged = store.Damaged;
        });
        // As a process does that is paused while it creates the file.
        using (FileLock creator = FileLock.Acquire(_folder.File + ".lock"))
        {
            Assert.True(creator.IsMarked);
            opener.Start();
            Assert.True(SpinWait.SpinUntil(() => opener.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromMinutes(1)));
            Assert.False(File.Exists(_folder.File));
            creator.IsMarked = false;
            File.WriteAllBytes(_folder.File, []);
        }

        Assert.True(opener.Join(TimeSpan.FromMinutes(1)));
        Assert.Null(damaged);
        Assert.Empty(Directory.GetFiles(_folder.Data, "*.corrupt-*"));
    }

    [Fact]
    public void Protect_IsNotLostWithTheLog()
    {
        using IStore store = _folder.Open();
        _ = store.Notes.Protect(TempFolder.Scope, "inst_a", null, null, s_noon);
        using var other = new TempFolder();
        Directory.CreateDirectory(other.Data);

        File.Copy(_folder.File, other.File);

        using IStore copy = other.Open();
        Assert.Contains("inst_a", copy.Notes.Protections(s_noon).Keys);
    }

    [Fact]
    public void OpenLaunchesElsewhere_AreThoseOfOtherAccounts()
    {
        using IStore store = _folder.Open();
        store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()) with { Origin = "work (https://a.test)" }, null);
        Begin(store);

        Assert.Empty(store.OpenLaunchesElsewhere(TempFolder.Account));
        Assert.Equal([null, "work (https://a.test)"], store.OpenLaunchesElsewhere("another account").Select(launch => launch.Origin).OrderBy(origin => origin));
    }

    [Fact]
    public void Use_AfterAnotherSetTheFileAside_GoesOnInTheNewOne()
    {
        using IStore first = _folder.Open();
        Begin(first);
        using IStore second = _folder.Open();
        Assert.Single(second.Launches.Open(TempFolder.Account));
        File.Move(_folder.File, _folder.File + ".corrupt-now");

        Begin(first);

        Assert.Single(second.Launches.Open(TempFolder.Account));
        Assert.Null(second.TakeNotice());
    }

    [Fact]
    public void Open_OfTheFirstVersion_MigratesAndKeepsWhatIsThere()
    {
        Directory.CreateDirectory(_folder.Data);
        using (SqliteConnection byHand = Outside.Connect(_folder.File))
        {
            _ = Outside.Ask(byHand, """
                CREATE TABLE account (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
                CREATE TABLE launch (
                    intent TEXT PRIMARY KEY, account INTEGER NOT NULL,
                    gpu TEXT NOT NULL, template TEXT NOT NULL, docker_image TEXT, disk_size_gb INTEGER, region TEXT, spot INTEGER, ssh_key_id TEXT,
                    provider TEXT, auto_migrate INTEGER, auto_spot_recovery INTEGER, budget_limit TEXT,
                    requested_at INTEGER NOT NULL, sent_at INTEGER, owner TEXT,
                    instance TEXT, outcome INTEGER, matched_by TEXT, resolved_at INTEGER
                ) WITHOUT ROWID;
                CREATE UNIQUE INDEX launch_instance ON launch (account, instance) WHERE instance IS NOT NULL;
                CREATE INDEX launch_open ON launch (account, requested_at) WHERE outcome IS NULL;
                CREATE TABLE price (
                    account INTEGER NOT NULL, gpu TEXT NOT NULL, spot INTEGER NOT NULL, provider TEXT NOT NULL, region TEXT NOT NULL,
                    cost TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (account, gpu, spot, provider, region)
                ) WITHOUT ROWID;
                CREATE TABLE protection (
                    account INTEGER NOT NULL, instance TEXT NOT NULL, reason TEXT, until INTEGER, created_at INTEGER NOT NULL,
                    PRIMARY KEY (account, instance)
                ) WITHOUT ROWID;
                INSERT INTO account VALUES (7, 'account-a');
                INSERT INTO launch (intent, account, gpu, template, requested_at) VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 7, 'h100_80gb', 'pytorch', 1772366400000);
                PRAGMA user_version = 1;
                """);
        }
        using IStore store = _folder.Open();

        LaunchRecord kept = Assert.Single(store.Launches.Open(TempFolder.Account));
        store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "running" }], complete: true, s_noon);

        Assert.Equal(("h100_80gb", s_noon), (kept.Request.Gpu, kept.RequestedAt));
        Assert.Single(store.History.CurrentStates(TempFolder.Account));
        Assert.Equal((long)Schema.Current, Outside.Ask(_folder.File, "PRAGMA user_version"));
        Assert.Equal("wal", Outside.Ask(_folder.File, "PRAGMA journal_mode"));
    }

    [Fact]
    public void Open_OfTheFifthVersion_AddsTheRequestsForReadings()
    {
        using (IStore before = _folder.Open())
            before.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, GpuUtilization = 9 }], s_noon);
        DropAfterTheFifthVersion();
        _ = Outside.Ask(_folder.File, "PRAGMA user_version = 5");
        using IStore store = _folder.Open();

        ReadingRecord known = store.ReadingRequests.All(TempFolder.Account)["inst_1"];
        Assert.Equal((s_noon, null, 0, 0), (known.LastRead, known.AskedAt, known.Misses, known.Keeps));
        Assert.Equal(["inst_1"], store.ReadingRequests.Lease(TempFolder.Account, ["inst_1"], 9, new LeaseTime(s_noon, s_noon.AddMinutes(1), s_noon)));
        Assert.Equal((long)Schema.Current, Outside.Ask(_folder.File, "PRAGMA user_version"));
    }

    [Fact]
    public void Open_OfTheVersionBeforeNotes_MovesTheProtections_AndTheLongestHolds()
    {
        using (IStore before = _folder.Open())
            before.Notes.Protect(TempFolder.Scope, "inst_9", null, null, s_noon);
        DropNotes();
        _ = Outside.Ask(_folder.File, """
            INSERT INTO protection VALUES (1, 'inst_1', 'short', 1772370000000, 1772366400000), (2, 'inst_1', 'long', 1772373600000, 1772366400000), (1, 'inst_2', 'for ever', NULL, 1772366400000), (2, 'inst_2', 'an hour', 1772370000000, 1772366400000);
            PRAGMA user_version = 10;
            """);
        using IStore store = _folder.Open();

        Assert.Equal([("inst_1", "long"), ("inst_2", "for ever")], store.Notes.Protections(s_noon).Values.Select(one => (one.Id, one.Reason!)).Order());
        store.Notes.Protect(TempFolder.Scope, "inst_1", "again", null, s_noon);
        Assert.Equal("again", store.Notes.Protections(s_noon)["inst_1"].Reason);
        Assert.True(store.Notes.Unprotect("inst_2"));
        Assert.Equal(["inst_1"], store.Notes.Protections(s_noon).Keys);
    }

    private void DropNotes() => _ = Outside.Ask(_folder.File, """
        DROP TABLE budget; DROP TABLE schedule_intent; DROP TABLE launch_attempt; DROP TABLE job;
        ALTER TABLE launch DROP COLUMN attempt; ALTER TABLE launch DROP COLUMN waiting;
        DROP TABLE note;
        ALTER TABLE account DROP COLUMN service;
        CREATE TABLE protection (account INTEGER NOT NULL, instance TEXT NOT NULL, reason TEXT, until INTEGER, created_at INTEGER NOT NULL, PRIMARY KEY (account, instance)) WITHOUT ROWID;
        """);

    /// <summary>Removes what the versions after the fifth added.</summary>
    private void DropAfterTheFifthVersion()
    {
        foreach (string column in new[] { "gpu_above", "gpu_fraction", "asked_at", "misses", "leased_until", "kept", "kept_at", "keeps" })
            _ = Outside.Ask(_folder.File, "ALTER TABLE instance DROP COLUMN " + column);
        _ = Outside.Ask(_folder.File, "DROP TABLE reading_notice; DROP TABLE idle_warning; DROP TABLE cleanup_claim; DROP TABLE cleanup_stop; ALTER TABLE sample DROP COLUMN source; ALTER TABLE launch DROP COLUMN origin");
        DropNotes();
    }

    [Fact]
    public void Open_OfTheSecondVersion_DropsReadingsThatWerePackedOtherwise()
    {
        using (IStore before = _folder.Open())
        {
            Begin(before);
            before.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "running" }], complete: true, s_noon);
            before.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, GpuUtilization = 9 }], s_noon);
        }
        // Remove what later versions added.
        foreach (string column in new[] { "request_timeout", "max_hourly", "max_fleet", "unknown_price", "price", "boot", "sent_tick", "ended_tick", "answered", "met_boot", "met_tick", "seen_upto" })
            _ = Outside.Ask(_folder.File, "ALTER TABLE launch DROP COLUMN " + column);
        _ = Outside.Ask(_folder.File, "DROP INDEX launch_untold; DROP INDEX launch_look_again; ALTER TABLE launch DROP COLUMN told; ALTER TABLE launch DROP COLUMN gone; ALTER TABLE launch DROP COLUMN look_again");
        DropAfterTheFifthVersion();
        _ = Outside.Ask(_folder.File, "PRAGMA user_version = 2");
        using IStore store = _folder.Open();

        Assert.Empty(store.History.Window(TempFolder.Account, null, s_noon.AddHours(-1), s_noon.AddHours(1)));
        Assert.All(store.ReadingRequests.All(TempFolder.Account).Values, static one => Assert.Null(one.LastRead));
        Assert.Single(store.History.CurrentStates(TempFolder.Account));
        Assert.Single(store.Launches.Open(TempFolder.Account));
        store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, GpuUtilization = 9 }], s_noon);
        Assert.Equal(9, Assert.Single(store.History.Window(TempFolder.Account, null, s_noon.AddHours(-1), s_noon)["inst_1"]).PeakGpu);
    }

    [Fact]
    public void Open_OfANewerVersion_IsRefusedWithoutHarm()
    {
        Directory.CreateDirectory(_folder.Data);
        _ = Outside.Ask(_folder.File, "CREATE TABLE launch (something_else TEXT); INSERT INTO launch VALUES ('kept'); PRAGMA user_version = 99");
        byte[] before = File.ReadAllBytes(_folder.File);
        using IStore store = _folder.Open();

        Assert.Equal(StoreFailure.NewerVersion, Fails(() => Begin(store)).Reason);

        Assert.Equal(before, File.ReadAllBytes(_folder.File));
        Assert.Null(store.TakeNotice());
        Assert.DoesNotContain(Directory.GetFiles(_folder.Data), file => file.Contains("corrupt"));
    }

    [Fact]
    public void Launches_AreFlushedAndReadingsAreNot()
    {
        var file = new StoreFile(_folder.Data, new StoreLimits());
        using sqlite3 durable = file.Open(durable: true);
        using sqlite3 fast = file.Open(durable: false);

        Assert.Equal((2L, 1L), (Synchronous(durable), Synchronous(fast)));

        static long Synchronous(sqlite3 db)
        {
            using var ask = new Statement(db, "PRAGMA synchronous");
            Assert.True(ask.Step());
            return ask.Long(0);
        }
    }

    [Fact]
    public void Files_HoldNoSecretOfAnInstance()
    {
        const string canary = "pr_live_canary0123456789";
        using (IStore store = _folder.Open())
        {
            var instance = new Instance
            {
                Id = "inst_1",
                Status = "running",
                Gpu = "g",
                CostPerHour = 1,
                JupyterUrl = "https://x/?token=" + canary,
                SshCommand = "ssh " + canary,
                Ip = canary,
                AdditionalProperties = new System.Collections.Generic.Dictionary<string, object?> { ["key"] = canary },
            };
            var reading = new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, AdditionalProperties = instance.AdditionalProperties };
            Begin(store);
            store.Launches.RecordPrices(TempFolder.Account, [instance], s_noon);
            store.History.RecordStates(TempFolder.Account, [instance], complete: true, s_noon);
            store.History.RecordReadings(TempFolder.Account, [reading], s_noon);
            AssertAbsent(canary);
        }
        AssertAbsent(canary);
    }

#if NET
    [UnixFact]
    public void Files_AreTheOwnersOnly()
    {
        using IStore store = _folder.Open();
        Begin(store);

        Assert.Equal("700", Modes.Of(_folder.Data));
        string[] files = Directory.GetFiles(_folder.Data);
        Assert.Equal(["pulserun.db", "pulserun.db-shm", "pulserun.db-wal", "pulserun.db.lock"], files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal("600", Modes.Of(file)));
    }

    [UnixFact]
    public void Open_OfAFileThatOthersMayRead_TakesThatFromThem()
    {
        using (IStore store = _folder.Open())
            Begin(store);
        Modes.Set(_folder.File, "644");

        using IStore again = _folder.Open();
        Begin(again);

        Assert.Equal("600", Modes.Of(_folder.File));
    }
#endif

    private static void Begin(IStore store) =>
        store.Launches.Begin(TempFolder.Account, Guid.NewGuid(), new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, s_noon);

    private static StoreUnavailableException Fails(Action use) => Assert.Throws<StoreUnavailableException>(use);

    private void AssertAbsent(string canary)
    {
        foreach (string file in Directory.GetFiles(_folder.Data))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Assert.DoesNotContain(canary, Encoding.ASCII.GetString(bytes.ToArray()));
        }
    }
}
