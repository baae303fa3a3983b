#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Tests;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Tests that old readings become rows of 5 minutes without a change of any verdict.</summary>
public sealed class RollUpTests : IDisposable
{
    private static readonly PostgresCluster s_cluster = PostgresCluster.Shared;
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    /// <summary>All readings of these tests are old at this time.</summary>
    private static readonly DateTimeOffset s_later = s_noon.AddDays(5);

    private static readonly int s_seeds = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_ROLLUP_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seeds) ? seeds : 3;

    private readonly TempFolder _folder = new();
    private readonly IStore _store;
    private readonly Database _database;

    public RollUpTests()
    {
        _store = _folder.Open();
        _database = new Database(() => ConnectionText.Parse(Text, null), "x");
    }

    private string Text => File.ReadAllText(_folder.File);

    private string Name => new NpgsqlConnectionStringBuilder(Text).Database!;

    public void Dispose()
    {
        _database.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    /// <summary>Compares random series of readings, with gaps, frozen answers, restarts, missing GPUs and readings of one millisecond: windows, verdicts and recorded readings are the same after each step.</summary>
    [Fact]
    public void RollUp_ChangesNoWindow_AndNoVerdict()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 1;
        for (int i = 0; i < s_seeds; i++)
            CheckSeries(seed + i);
    }

    private static void CheckSeries(int seed)
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        using IStore store = folder.Open();
        using var database = new Database(() => ConnectionText.Parse(File.ReadAllText(folder.File), null), "x");
        string[] ids = [.. Enumerable.Range(0, 40).Select(static i => "inst_" + i)];
        foreach (string id in ids)
        {
            List<InstanceMetrics> series = RandomReadings.Series(random, id, s_noon);
            // The time is the same for all: a reading later than that of another call would be of a clock that went back.
            store.History.RecordReadings(TempFolder.Account, series, s_later);
        }
        Always(folder);
        (DateTimeOffset From, DateTimeOffset To, string[]? Ids)[] windows = [.. Enumerable.Range(0, 25).Select(_ => Window(random, ids))];
        (IdleRule Rule, DateTimeOffset Now)[] rules = [.. Enumerable.Range(0, 25).Select(_ => (RandomReadings.Rule(random), s_noon.AddSeconds(random.Next(3) == 0 ? random.Next(-600, 40_000) : random.Next(3000, 9000))))];
        string[] before = Windows(), verdicts = Verdicts();
        var recorded = Recorded();
        int steps = 0;
        for (bool isDue = true; isDue; steps++)
        {
            StoreUpkeep.RollUp(database, s_later, random.Next(1, 4000));
            isDue = IsDue(database);
            if (steps % 7 == 0 || !isDue)
            {
                Assert.Equal(before, Windows());
                Assert.Equal(verdicts, Verdicts());
                Assert.Equal(recorded, Recorded());
            }
        }
        string name = new NpgsqlConnectionStringBuilder(File.ReadAllText(folder.File)).Database!;
        Assert.Equal("0", s_cluster.Sql(name, "SELECT count(*) FROM pulserun.sample"));
        Assert.Equal("", s_cluster.Sql(name, "SELECT string_agg(inhrelid::regclass::text, ',') FROM pg_inherits WHERE inhparent = 'pulserun.sample'::regclass"));
        Assert.Contains(verdicts, static one => one.Contains("Idle", StringComparison.Ordinal));
        Assert.Contains(verdicts, static one => one.Contains("Active", StringComparison.Ordinal));
        Assert.True(int.Parse(s_cluster.Sql(name, "SELECT count(*) FROM pulserun.rollup WHERE count > 1"), CultureInfo.InvariantCulture) > 200);

        string[] Windows() => [.. windows.SelectMany(one => store.History.Window(TempFolder.Account, one.Ids, one.From, one.To).OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => pair.Key + ": " + string.Join(" ", pair.Value)))];

        string[] Verdicts() => [.. rules.SelectMany(one =>
        {
            var readings = store.History.Window(TempFolder.Account, null, one.Rule.HistorySince(one.Now), one.Now);
            return readings.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            {
                var instance = new Instance { Id = pair.Key, Status = "running", StartedAt = s_noon.AddDays(-9) };
                IdleVerdict verdict = IdleDecision.Decide(instance, pair.Value, one.Rule, one.Now);
                IdleHistory.Complete(verdict, pair.Value, one.Rule);
                return pair.Key + " " + verdict.Verdict + " " + verdict.Reason + " " + verdict.LargestGap + " " + verdict.IdleSince;
            });
        })];

        List<(string, Reading)> Recorded() => [.. store.History.Readings(TempFolder.Account, null, s_noon.AddDays(-1)).Select(static one => (one.Id, Reading.From(one)))];
    }

    private static (DateTimeOffset, DateTimeOffset, string[]?) Window(Random random, string[] ids)
    {
        DateTimeOffset from = s_noon.AddMilliseconds(random.Next(-3_600_000, 40_000_000));
        return (from, from.AddMilliseconds(random.Next(1, 20_000_000)), random.Next(3) == 0 ? null : [.. ids.Where(_ => random.Next(2) == 0)]);
    }

    [Fact]
    public void BelowTheNumberOfReadings_AndBefore48Hours_NothingIsRolledUp()
    {
        Fill(300);
        Assert.Equal(0, StoreUpkeep.RollUp(_database, s_later));
        s_cluster.Sql(Name, "UPDATE pulserun.rollup_setting SET raw_rows = 3000");
        Assert.Equal(0, StoreUpkeep.RollUp(_database, s_later));
        s_cluster.Sql(Name, "ANALYZE pulserun.sample; UPDATE pulserun.rollup_setting SET raw_rows = 1500");
        // The last reading of the day, and not the first one, must be 48 hours old.
        Assert.Equal(0, StoreUpkeep.RollUp(_database, s_noon.Date.AddDays(3).AddSeconds(-1)));
        Assert.Equal(1500, StoreUpkeep.RollUp(_database, new DateTimeOffset(s_noon.Date.AddDays(3), TimeSpan.Zero)));
        // A day that was begun is finished, also when fewer readings are left.
        Assert.Equal("t", s_cluster.Sql(Name, "SELECT pulserun.is_roll_up_due(" + s_later.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + ")"));
    }

    [Fact]
    public void AHostThatRecords_DoesTheUpkeep_AlsoAsAWriter_AndThroughAPooler()
    {
        Fill(300);
        Always(_folder);
        string user = "r" + Guid.NewGuid().ToString("N");
        s_cluster.Sql("postgres", "CREATE ROLE " + user + " LOGIN PASSWORD 'x' IN ROLE pulserun_writer");
        using (ITeamStore writer = PostgresStoreFactory.Open(s_cluster.Text(Name, user) + ";Password=x"))
            writer.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_0", SampledAt = s_later, GpuUtilization = 1 }], s_later);
        Assert.Equal("1|1500", s_cluster.Sql(Name, "SELECT (SELECT count(*) FROM pulserun.sample), (SELECT sum(coalesce(count, 1)) FROM pulserun.rollup)"));
        if (!File.Exists("/usr/sbin/pgbouncer"))
            return;
        using var pooler = new Pooler(s_cluster, Name);
        using var through = new Database(() => ConnectionText.Parse("Host=127.0.0.1;Port=" + pooler.Port + ";Database=" + Name + ";Username=pulserun;SSL Mode=Disable", null), "x");
        Assert.Equal(0, StoreUpkeep.RollUp(through, s_later));
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT count(*) FROM pg_inherits WHERE inhrelid::regclass::text = 'pulserun.sample_20260301'"));
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public void OneHostAtATime_DoesAStep_AndTheOtherDoesNotWait()
    {
        Fill(50);
        Always(_folder);
        using var other = new Database(() => ConnectionText.Parse(Text, null), "y");
        _database.Write(session =>
        {
            session.One("SELECT pulserun.roll_up($1, 1000)", s_later);
            Assert.Equal(0, StoreUpkeep.RollUp(other, s_later));
            return 0;
        });
        Assert.Equal(250, StoreUpkeep.RollUp(other, s_later));
    }

    /// <summary>Server processes are ended in the middle of steps, and hosts are killed, while another host goes on recording old readings, as an import does.</summary>
    [Fact]
    public void KilledInAnyStep_EachReadingIsThereOnce()
    {
        Fill(1500);
        Always(_folder);
        var random = new Random(7);
        using var stop = new CancellationTokenSource();
        int recorded = 0;
        var importer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                DateTimeOffset at = s_noon.AddSeconds(-1 - recorded);
                _store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "late", SampledAt = at, GpuUtilization = 1 }], s_later);
                recorded++;
            }
        });
        int died = 0;
        using var killer = new NpgsqlConnection(Text + ";Pooling=false");
        killer.Open();
        using var kill = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%roll_up(%' AND pid <> pg_backend_pid()", killer);
        for (int round = 0; round < 12 || (died == 0 && round < 100); round++)
        {
            using OtherProcess? host = round % 4 == 0 ? OtherProcess.Start("roll", _folder.Data) : null;
            host?.Go();
            var steps = Task.Run(() =>
            {
                // Late readings make each day begin again.
                for (int step = 0; step < 30; step++)
                    StoreUpkeep.RollUp(_database, s_later, 40);
            });
            Thread.Yield();
            SpinWait.SpinUntil(() => steps.IsCompleted, random.Next(5, 60));
            // A step is short, so one question may come between two of them.
            for (long hit = 0; hit == 0 && !steps.IsCompleted; died += (int)hit)
                hit = (long)kill.ExecuteScalar()!;
            host?.Kill();
#pragma warning disable xUnit1031 // The steps have a bound of their own.
            Assert.True(steps.Wait(TimeSpan.FromSeconds(100)));
#pragma warning restore xUnit1031
        }
        stop.Cancel();
#pragma warning disable xUnit1031
        Assert.True(importer.Wait(TimeSpan.FromSeconds(100)));
#pragma warning restore xUnit1031
        Assert.True(died > 0);
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT sum(n) FROM (SELECT count(*) AS n FROM (SELECT ts, instance FROM pulserun.sample INTERSECT SELECT ts, instance FROM pulserun.rollup) AS twice) AS all_of_them"));
        Assert.Equal(7500 + recorded, Count());
        RollAll();
        Assert.Equal((0, 7500L + recorded), (int.Parse(s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"), CultureInfo.InvariantCulture), Count()));
        Assert.Equal(7500 + recorded, _store.History.Readings(TempFolder.Account, null, s_noon.AddDays(-1)).Count());

        long Count() => long.Parse(s_cluster.Sql(Name, "SELECT (SELECT count(*) FROM pulserun.sample) + (SELECT coalesce(sum(coalesce(count, 1)), 0) FROM pulserun.rollup)"), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void ARow_HasTheHighestValues_TheCountAndTheLargestGap_AndAGapStaysAGap()
    {
        (double At, double Gpu, double Memory)[] given = [(0, 2, 10), (60, 97, 5), (250, 0, 40), (301, 3, 1)];
        _store.History.RecordReadings(TempFolder.Account, [.. given.Select(one => new InstanceMetrics { Id = "a", SampledAt = s_noon.AddSeconds(one.At), GpuUtilization = one.Gpu, MemoryUsage = one.Memory, DiskUsage = one.Gpu, Uptime = TimeSpan.FromSeconds(1000 + one.At) })], s_noon.AddSeconds(301));
        string view = Peaks();
        RollAll();
        Assert.Equal("3|190000|97|24\n1||3|", s_cluster.Sql(Name, "SELECT coalesce(count, 1), largest_gap, disk, length(trace) FROM pulserun.rollup ORDER BY ts"));
        Assert.Equal("97|40\n3|1", s_cluster.Sql(Name, "SELECT round(peak_gpu), round(peak_memory) FROM pulserun.v_reading ORDER BY at"));
        Assert.Equal(view, Peaks());
        Assert.Equal([0, 60, 250, 301], _store.History.Readings(TempFolder.Account, "a", s_noon).Select(static one => (one.SampledAt - s_noon).TotalSeconds));
        Assert.Equal([2, 97, 0, 3], _store.History.Window(TempFolder.Account, ["a"], s_noon, s_later)["a"].Select(static one => one.PeakGpu));

        // A window with a gap stays Unknown: 190 seconds without a reading is too long for this rule.
        var rule = new IdleRule { For = TimeSpan.FromSeconds(240), MinSamples = 1, MaxGap = TimeSpan.FromSeconds(120), UnitScale = UnitScale.Percent };
        DateTimeOffset now = s_noon.AddSeconds(301);
        IdleVerdict verdict = IdleDecision.Decide(new Instance { Id = "a", Status = "running", StartedAt = s_noon.AddDays(-1) }, _store.History.Window(TempFolder.Account, null, rule.HistorySince(now), now)["a"], rule, now);
        Assert.NotEqual(Verdict.Idle, verdict.Verdict);

        string Peaks() => s_cluster.Sql(Name, "SELECT instance, floor(extract(epoch FROM at) / 300), max(peak_gpu), max(peak_memory) FROM pulserun.v_reading GROUP BY 1, 2 ORDER BY 2");
    }

    [Fact]
    public void Clear_CutsARowOfFiveMinutes()
    {
        Fill(100);
        RollAll();
        DateTimeOffset before = s_noon.AddSeconds(150);
        Assert.Equal(3 * 100, ((ITeamStore)_store).Clear(before).Readings);
        Assert.All(_store.History.Readings(TempFolder.Account, null, s_noon), one => Assert.True(one.SampledAt >= before));
        Assert.Equal(200, _store.History.Readings(TempFolder.Account, null, s_noon).Count());
        Assert.Equal("200", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"));
    }

    [Fact]
    public void AClockThatWentBack_CutsARowOfFiveMinutes()
    {
        Fill(20);
        RollAll();
        DateTimeOffset now = s_noon.AddSeconds(150);
        _store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_3", SampledAt = now, GpuUtilization = 7 }], now);
        Assert.Equal([0, 60, 120, 150], _store.History.Readings(TempFolder.Account, "inst_3", s_noon).Select(static one => (one.SampledAt - s_noon).TotalSeconds));
        Assert.Equal(61, _store.History.Readings(TempFolder.Account, null, s_noon).Count());
        Assert.Equal([3, 3, 3, 7], _store.History.Window(TempFolder.Account, null, s_noon, now)["inst_3"].Select(static one => one.PeakGpu));
    }

    [Fact]
    public void ReadingsOfADayThatWasRolledUp_AreReadAndRolledUpToo_AndRetentionDropsBoth()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow, begin = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-4);
        Fill(10, begin);
        Always(_folder);
        RollUpAt(now);
        Assert.Equal("0|50", s_cluster.Sql(Name, "SELECT (SELECT count(*) FROM pulserun.sample), (SELECT sum(coalesce(count, 1)) FROM pulserun.rollup)"));
        // Another host, or an import, has readings of that day.
        _store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, 40).Select(i => new InstanceMetrics { Id = "inst_3", SampledAt = begin.AddSeconds(30 * i), GpuUtilization = 50 })], now);
        Assert.Equal(85, _store.History.Readings(TempFolder.Account, null, begin).Count());
        RollUpAt(now);
        Assert.Equal("0|90", s_cluster.Sql(Name, "SELECT (SELECT count(*) FROM pulserun.sample), (SELECT sum(coalesce(count, 1)) FROM pulserun.rollup)"));
        // Two of the same millisecond are one, the busier one.
        Assert.Equal(85, _store.History.Readings(TempFolder.Account, null, begin).Count());
        Assert.All(_store.History.Window(TempFolder.Account, ["inst_3"], begin, now)["inst_3"].Skip(1).Take(4), static one => Assert.Equal(50, one.PeakGpu));
        Assert.True(((ITeamStore)_store).Describe().Tables.Single(static one => one.Name == "rollup").SizeBytes > 8192);

        // A day of the retention is dropped as a whole, rows of 5 minutes like readings.
        Assert.Equal("1", s_cluster.Sql(Name, "SELECT pulserun.drop_partitions(" + begin.AddDays(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + ")"));
        Assert.Empty(_store.History.Readings(TempFolder.Account, null, begin));
    }

    private void RollUpAt(DateTimeOffset now)
    {
        for (int step = 0; step < 4; step++)
            StoreUpkeep.RollUp(_database, now);
    }

    private static void Always(TempFolder folder) =>
        s_cluster.Sql(new NpgsqlConnectionStringBuilder(File.ReadAllText(folder.File)).Database!, "UPDATE pulserun.rollup_setting SET raw_rows = 0");

    private void RollAll()
    {
        Always(_folder);
        for (int step = 0; IsDue(_database); step++)
        {
            StoreUpkeep.RollUp(_database, s_later);
            Assert.True(step < 1000);
        }
    }

    private static bool IsDue(Database database) => database.Read(static session => session.One("SELECT pulserun.is_roll_up_due($1)", s_later) is true);

    /// <summary>Records five readings, a minute apart, of a number of instances.</summary>
    private void Fill(int instances, DateTimeOffset? begin = null)
    {
        for (int minute = 0; minute < 5; minute++)
        {
            DateTimeOffset at = (begin ?? s_noon).AddMinutes(minute);
            _store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, instances).Select(i => new InstanceMetrics { Id = "inst_" + i, SampledAt = at, GpuUtilization = i % 7, MemoryUsage = 3, Uptime = TimeSpan.FromMinutes(minute) })], at);
        }
    }
}
#endif
