using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.Store;
using PulseRun.Store.Postgres;
using PulseRun.Tests.Shared;

namespace PulseRun.Bench.Libraries;

/// <summary>Measures the store of a team on a private PostgreSQL server, beside the store of one machine with the same readings.</summary>
internal static class TeamStoreBench
{
    private const string Account = "bench";
    private const int Instances = 10_000, Days = 14, Hosts = 10;
    /// <summary>On a busy machine even a connection takes long, and a measurement must not fail by that.</summary>
    private const string Patient = ";Timeout=120;Command Timeout=600";

    private static readonly IdleRule s_rule = new() { UnitScale = UnitScale.Percent };

    /// <summary>The newest generated reading. Readings older than 14 days by the clock of the server are not kept, so the time is the present.</summary>
    private static readonly DateTimeOffset s_now = new(DateTime.UtcNow.Date, TimeSpan.Zero);

    public static void Measure(string folder, double[] millions)
    {
        if (PostgresCluster.Missing is { } missing)
        {
            Console.Error.WriteLine(missing);
            return;
        }
        // As a server is set up: what is committed is on the disk, and the newest day fits into memory.
        PostgresCluster cluster = PostgresCluster.StartAnother("-c fsync=on -c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min");
        try
        {
            foreach (int count in new[] { 100, 1_000, Instances })
                Compare(cluster, Path.Combine(folder, count.ToString(CultureInfo.InvariantCulture)), count);
            foreach (double size in millions)
                MeasureSize(cluster, size);
        }
        finally
        {
            cluster.Stop();
        }
    }

    /// <summary>Measures a database that was generated before, on any server. Rolls up its oldest day.</summary>
    public static void MeasureExisting(string text, string suffix)
    {
        var parts = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = text };
        MeasureFilled(text, sql => Psql(parts, sql), suffix);
    }

    /// <summary>Measures both stores with 40 readings of each instance, one a minute.</summary>
    private static void Compare(PostgresCluster cluster, string folder, int count)
    {
        string suffix = count.ToString(CultureInfo.InvariantCulture);
        string name = NewDatabase(cluster);
        using ITeamStore team = PostgresStoreFactory.Open(cluster.Text(name) + Patient);
        using IStore local = StoreFactory.Open(folder);
        DateTimeOffset begin = s_now.AddMinutes(-100);
        for (int minute = 0; minute < 40; minute++)
        {
            DateTimeOffset at = begin.AddMinutes(minute);
            InstanceMetrics[] tick = Fleet.Tick(count, at);
            team.History.RecordReadings(Account, tick, at.AddSeconds(1));
            local.History.RecordReadings(Account, tick, at.AddSeconds(1));
        }
        int rounds = count > 1000 ? 11 : 21;
        Func<double> cpu = ServerCpu(sql => cluster.Sql(name, sql));
        Timed append = new(cpu), localAppend = new(), window = new(cpu), localWindow = new(), check = new(cpu), localCheck = new();
        int rows = 0;
        for (int round = 0; round < rounds; round++)
        {
            DateTimeOffset at = begin.AddMinutes(40 + round), now = at.AddSeconds(1);
            InstanceMetrics[] tick = Fleet.Tick(count, at);
            append.Run(() => team.History.RecordReadings(Account, tick, now));
            localAppend.Run(() => local.History.RecordReadings(Account, tick, now));
            window.Run(() => rows = Rows(team, now));
            localWindow.Run(() => Expect(Rows(local, now) == rows));
            check.Run(() => Judge(team, count, now));
            localCheck.Run(() => Judge(local, count, now));
        }
        append.Tell("append" + suffix);
        localAppend.Tell("sqliteAppend" + suffix);
        window.Tell("window" + suffix);
        localWindow.Tell("sqliteWindow" + suffix);
        check.Tell("check" + suffix);
        localCheck.Tell("sqliteCheck" + suffix);
        Tell("windowRows" + suffix, rows);
        if (count == Instances)
        {
            MeasureHosts(cluster, name, begin.AddMinutes(40 + rounds));
            MeasureRollUp(sql => cluster.Sql(name, sql), team, "Minute");
        }
        cluster.Sql("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    /// <summary>Measures a tick of ten hosts at once: each leases a tenth of the fleet, records the readings, judges the whole fleet, and acts once.</summary>
    private static void MeasureHosts(PostgresCluster cluster, string name, DateTimeOffset begin)
    {
        ITeamStore[] hosts = [.. Enumerable.Range(0, Hosts).Select(host => PostgresStoreFactory.Open(cluster.Text(name) + Patient + ";Application Name=host" + host))];
        string[] ids = [.. Enumerable.Range(0, Instances).Select(Fleet.Id)];
        Timed all = new(ServerCpu(sql => cluster.Sql(name, sql))), each = new(), acts = new();
        for (int round = 0; round < 6; round++)
        {
            DateTimeOffset at = begin.AddMinutes(round), now = at.AddSeconds(1);
            Dictionary<string, InstanceMetrics> tick = Fleet.Tick(Instances, at).ToDictionary(static reading => reading.Id);
            int read = 0;
            var times = new double[Hosts];
            var actTimes = new double[Hosts];
            all.Run(() => Parallel.For(0, Hosts, new ParallelOptions { MaxDegreeOfParallelism = Hosts }, host =>
            {
                long start = Stopwatch.GetTimestamp();
                ITeamStore store = hosts[host];
                Guid run = Guid.NewGuid();
                store.Cleanups.Begin(run, Account, TimeSpan.FromSeconds(100));
                _ = store.ReadingRequests.All(Account);
                IReadOnlyList<string> mine = store.ReadingRequests.Lease(Account, ids, Instances / Hosts, new LeaseTime(at, at.AddSeconds(90), at.AddSeconds(-30)));
                Interlocked.Add(ref read, mine.Count);
                store.History.RecordReadings(Account, [.. mine.Select(id => tick[id])], now);
                Judge(store, Instances, now);
                long acted = Stopwatch.GetTimestamp();
                Expect(store.Cleanups.TryAct(run, ids[(round * Hosts) + host], 1000));
                store.Cleanups.Finish(run, ids[(round * Hosts) + host], "Stopped");
                actTimes[host] = Stopwatch.GetElapsedTime(acted).TotalMilliseconds;
                store.Cleanups.End(run);
                times[host] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }));
            Expect(read == Instances);
            each.Add(times);
            acts.Add(actTimes);
        }
        all.Tell("hosts");
        each.Tell("hostsEach");
        acts.Tell("hostsAct");
        foreach (ITeamStore host in hosts)
            host.Dispose();
    }

    /// <summary>Measures the store with a number of generated readings of 10,000 instances in 14 days.</summary>
    private static void MeasureSize(PostgresCluster cluster, double millions)
    {
        string suffix = millions.ToString("0.##", CultureInfo.InvariantCulture).Replace('.', '_') + "M";
        string name = NewDatabase(cluster);
        long perDay = (long)(millions * 1e6 / Days), first = (s_now.ToUnixTimeMilliseconds() / 86_400_000) - Days;
        long start = Stopwatch.GetTimestamp();
        cluster.Sql(name, "INSERT INTO pulserun.account (digest) VALUES ('bench'); INSERT INTO pulserun.instance (account, name, first_seen) SELECT 1, 'inst_' || lpad(to_hex(n), 8, '0'), 0 FROM generate_series(0, " + (Instances - 1) + ") n");
        for (long day = first; day < first + Days; day++)
        {
            string part = "pulserun.sample_" + DateTimeOffset.FromUnixTimeSeconds(day * 86_400).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            cluster.Sql(name, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT pulserun.ensure_partition({day});
                INSERT INTO {part} (ts, judged, instance, disk)
                SELECT t, (((k * 7919 % 4000) + 1) << 43) | (((k % 400) + 1) << 33) | ((t / 1000) - {(first - 9) * 86_400}), 1 + k % {Instances}, 40
                FROM (SELECT k, {day * 86_400_000} + (k * 86400000 / {perDay}) AS t FROM generate_series(0::bigint, {perDay - 1}) k) AS generated;
                """));
        }
        Tell("fillSec" + suffix, Stopwatch.GetElapsedTime(start).TotalSeconds);
        cluster.Sql(name, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE pulserun.instance i SET first_seen = {first * 86_400_000}, first_sample = {first * 86_400_000}, first_judged = 1, last_sample = s.ts, last_judged = s.judged
            FROM (SELECT DISTINCT ON (instance) ts, judged, instance FROM pulserun.sample WHERE ts > {((first + Days) * 86_400_000) - 43_200_000} ORDER BY instance, ts DESC) s WHERE s.instance = i.id;
            """));
        cluster.Sql(name, "VACUUM (ANALYZE) pulserun.instance; VACUUM (ANALYZE) pulserun.sample");
        Tell("bytes" + suffix, double.Parse(cluster.Sql(name, "SELECT sum(pg_total_relation_size(inhrelid))::float8 FROM pg_inherits WHERE inhparent = 'pulserun.sample'::regclass"), CultureInfo.InvariantCulture) / (perDay * Days));
        MeasureFilled(cluster.Text(name), sql => cluster.Sql(name, sql), suffix);
        cluster.Sql("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    private static void MeasureFilled(string text, Func<string, string> sql, string suffix)
    {
        using ITeamStore team = PostgresStoreFactory.Open(text + Patient);
        Func<double> cpu = ServerCpu(sql);
        Timed append = new(cpu), window = new(cpu), check = new(cpu), one = new(cpu), dashboard = new(cpu);
        int rows = 0;
        for (int round = 0; round < 9; round++)
        {
            DateTimeOffset at = s_now.AddMinutes(round), now = at.AddSeconds(1);
            InstanceMetrics[] tick = Fleet.Tick(Instances, at);
            append.Run(() => team.History.RecordReadings(Account, tick, now));
            window.Run(() => rows = Rows(team, now));
            check.Run(() => Judge(team, Instances, now));
            one.Run(() => team.History.Window(Account, [Fleet.Id(7)], s_rule.HistorySince(now), now));
            dashboard.Run(() => sql("SELECT date_trunc('minute', at), max(peak_gpu) FROM pulserun.v_reading WHERE at > to_timestamp(" + s_now.AddMinutes(-30).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) + ") GROUP BY 1"));
        }
        append.Tell("append" + suffix);
        window.Tell("window" + suffix);
        check.Tell("check" + suffix);
        one.Tell("one" + suffix);
        dashboard.Tell("dashboard" + suffix);
        Tell("windowRows" + suffix, rows);
        MeasureRollUp(sql, team, suffix);
    }

    /// <summary>Rolls up the oldest day, as the upkeep of the hosts does, and measures the steps, the size and a window in that day before and after.</summary>
    private static void MeasureRollUp(Func<string, string> sql, ITeamStore team, string suffix)
    {
        string part = sql("SELECT min(relname) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'pulserun.sample'::regclass");
        DateTimeOffset day = DateTimeOffset.ParseExact(part["sample_".Length..] + "Z", "yyyyMMdd'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        // Early in the day, because the time for the steps is limited.
        DateTimeOffset early = suffix == "Minute" ? s_now.AddMinutes(-50) : day.AddHours(2);
        sql("UPDATE pulserun.rollup_setting SET raw_rows = 0, raw_for = 0; VACUUM ANALYZE pulserun." + part);
        Tell("rawBytes" + suffix, double.Parse(sql("SELECT pg_total_relation_size(oid) / reltuples FROM pg_class WHERE relname = '" + part + "'"), CultureInfo.InvariantCulture));
        long wal = long.Parse(sql("SELECT pg_current_wal_lsn() - '0/0'"), CultureInfo.InvariantCulture);
        Func<double> cpu = ServerCpu(sql);
        Timed raw = new(cpu), rolled = new(cpu), steps = new(cpu);
        int rows = 0;
        for (int round = 0; round < 5; round++)
            raw.Run(() => rows = Rows(team, early));
        long count = 0;
        string call = "SELECT pulserun.roll_up(" + (day.AddDays(1).ToUnixTimeMilliseconds() + 1).ToString(CultureInfo.InvariantCulture) + ", 100000)";
        var clock = Stopwatch.StartNew();
        for (long moved = -1; moved != 0;)
        {
            var step = new Timed(cpu);
            step.Run(() => moved = long.Parse(sql(call), CultureInfo.InvariantCulture));
            if (moved > 0)
            {
                steps.Add(step);
                count += moved;
            }
            if (clock.Elapsed > TimeSpan.FromMinutes(4))
                break;
        }
        if (DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(sql("SELECT coalesce(rolled_upto, 0) FROM pulserun.rollup_setting"), CultureInfo.InvariantCulture)) <= early)
            return;
        string made = part.Replace("sample", "rollup", StringComparison.Ordinal);
        sql("VACUUM ANALYZE pulserun." + made);
        for (int round = 0; round < 5; round++)
            rolled.Run(() => Expect(Rows(team, early) == rows));
        raw.Tell("oldWindow" + suffix);
        rolled.Tell("rolledWindow" + suffix);
        steps.Tell("rollStep" + suffix);
        Tell("rollUsPerReading" + suffix, steps.Sum * 1000 / count);
        Tell("rollWalPerReading" + suffix, (double)(long.Parse(sql("SELECT pg_current_wal_lsn() - '0/0'"), CultureInfo.InvariantCulture) - wal) / count);
        Tell("rolledBytes" + suffix, double.Parse(sql("SELECT pg_total_relation_size('pulserun." + made + "')"), CultureInfo.InvariantCulture) / count);
        Tell("rolledReadings" + suffix, count);
    }

    /// <summary>Runs SQL statements with psql.</summary>
    private static string Psql(System.Data.Common.DbConnectionStringBuilder parts, string sql)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, sql);
        try
        {
            return PostgresCluster.Shell("psql -X -q -A -t -v ON_ERROR_STOP=1 -h " + parts["Host"] + " -p " + parts["Port"] + " -U " + parts["Username"] + " -d " + parts["Database"] + " -f " + file).Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string NewDatabase(PostgresCluster cluster)
    {
        string name = cluster.NewDatabase();
        using ITeamStore store = PostgresStoreFactory.Open(cluster.Text(name) + Patient);
        store.Initialize();
        return name;
    }

    /// <summary>Returns the number of readings of the whole fleet in the window of a verdict.</summary>
    private static int Rows(IStore store, DateTimeOffset now) => store.History.Window(Account, null, s_rule.HistorySince(now), now).Values.Sum(static one => one.Count);

    /// <summary>Computes the verdicts of the fleet as a cleanup does.</summary>
    private static void Judge(IStore store, int count, DateTimeOffset now)
    {
        Instance[] fleet = Fleet.Instances(count);
        var windows = store.History.Window(Account, [.. fleet.Select(static one => one.Id)], s_rule.HistorySince(now), now);
        ISet<string> wentBack = store.History.ClockWentBack(Account, s_rule.HistorySince(now), now.AddSeconds(2));
        RecordedUnits units = store.History.Units(Account, now);
        Expect(fleet.Count(one => IdleDecision.Decide(one, windows[one.Id], s_rule, now, clockWentBack: wentBack.Contains(one.Id), unit: units.Of(one.Id)).SampleCount > 0) == count);
    }

    private static void Expect(bool isRight)
    {
        if (!isRight)
            throw new InvalidOperationException("The store did not return the readings that were written.");
    }

    private static void Tell(string what, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}={value}"));

    /// <summary>Returns the processor time of the server in milliseconds, with its ended processes.</summary>
    private static Func<double> ServerCpu(Func<string, string> sql)
    {
        string id = File.ReadAllLines(Path.Combine(sql("SHOW data_directory"), "postmaster.pid"))[0];
        return () =>
        {
            double ticks = 0;
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(static folder => char.IsAsciiDigit(folder[6])))
            {
                try
                {
                    string[] fields = File.ReadAllText(folder + "/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    bool isServer = folder["/proc/".Length..] == id, isChild = fields[1] == id;
                    if (isServer || isChild)
                        ticks += fields[11..(isServer ? 15 : 13)].Sum(static field => double.Parse(field, CultureInfo.InvariantCulture));
                }
                catch (IOException)
                {
                    // The process has ended.
                }
            }
            return ticks * 10;
        };
    }

    /// <summary>Collects times, and the processor time of this program and of the server, which other work on the machine hardly changes. The first fifth only compiles code and fills caches.</summary>
    private sealed class Timed(Func<double>? serverCpu = null)
    {
        private readonly List<double> _times = [], _cpu = [];

        public double Sum => _times.Sum();

        public void Run(Action work)
        {
            // The time of the server is read outside of that of this program, because it costs time itself.
            double server = serverCpu?.Invoke() ?? 0, own = Environment.CpuUsage.TotalTime.TotalMilliseconds;
            long start = Stopwatch.GetTimestamp();
            work();
            _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            own = Environment.CpuUsage.TotalTime.TotalMilliseconds - own;
            _cpu.Add(own + (serverCpu?.Invoke() ?? 0) - server);
        }

        public void Add(IEnumerable<double> times) => _times.AddRange(times);

        public void Add(Timed others)
        {
            _times.AddRange(others._times);
            _cpu.AddRange(others._cpu);
        }

        public void Tell(string what)
        {
            double[] warm = [.. _times.Skip(_times.Count / 5).Order()];
            TeamStoreBench.Tell(what + "Min", warm[0]);
            TeamStoreBench.Tell(what, warm[warm.Length / 2]);
            TeamStoreBench.Tell(what + "Max", warm[^1]);
            if (_cpu.Count > 0)
                TeamStoreBench.Tell(what + "Cpu", _cpu.Skip(_cpu.Count / 5).Average());
        }
    }
}
