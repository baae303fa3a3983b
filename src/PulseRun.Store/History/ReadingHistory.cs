using System;
using System.Collections.Generic;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.History;

/// <summary>Stores the recorded readings. <see cref="StateHistory"/> stores the states.</summary>
internal sealed class ReadingHistory(Database database, TimeSpan retention) : IHistory
{
    private const string Touch = """
        UPDATE instance SET first_seen = min(first_seen, ?2), first_sample = min(coalesce(first_sample, ?2), ?2), last_sample = max(coalesce(last_sample, ?2), ?2),
            gpu_above = max(coalesce(?3, gpu_above), coalesce(gpu_above, ?3)), gpu_fraction = max(coalesce(?4, gpu_fraction), coalesce(gpu_fraction, ?4)),
            asked_at = ?2, misses = iif(?5, 0, min(misses + 1, 1000)), leased_until = NULL
        WHERE id = ?1
        """;

    /// <summary>Inserts a reading. Of two readings with the same millisecond the busier one is kept; the mark that a GPU was not read is kept from either.</summary>
    private static readonly string s_insert = $"""
        INSERT INTO sample (ts, instance, judged, uptime, gpu, memory, disk, each_gpu, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO UPDATE SET
            judged = max(judged, excluded.judged) | ((judged | excluded.judged) & {PackedReading.Partial}),
            uptime = iif(excluded.judged >= judged, excluded.uptime, uptime),
            gpu = iif(excluded.judged >= judged, excluded.gpu, gpu),
            memory = iif(excluded.judged >= judged, excluded.memory, memory),
            disk = iif(excluded.judged >= judged, excluded.disk, disk),
            each_gpu = iif(excluded.judged >= judged, excluded.each_gpu, each_gpu),
            source = iif(excluded.judged >= judged, excluded.source, source)
        """;

    /// <summary>The tolerance for readings in the future: a process takes the time before it waits for the transaction of another process, so times are written slightly out of order.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromMinutes(1);

    /// <summary>Selects the ten-thousandth oldest reading. It bounds one deletion, so that after a long pause no command waits until millions of rows are deleted.</summary>
    private const string TenThousandth = "SELECT ts FROM sample ORDER BY ts, instance LIMIT 1 OFFSET 10000";

    /// <summary>The number of readings, of all instances, that are searched for the last one before a window. It bounds the cost of a verdict; 50,000 readings are about 18 hours of a key with 60 requests a minute, and take about 10 ms.</summary>
    private const int MostBack = 50_000;

    private const string Known = "SELECT id, name, first_sample, last_sample FROM instance WHERE account = ?1 AND last_sample IS NOT NULL";

    private const string Ahead = "SELECT name FROM instance LEFT JOIN clock_reset ON instance = id WHERE account = ?1 AND (last_sample > ?3 OR at > ?2)";

    private const string UnitsShown = "SELECT name, gpu_above, gpu_fraction FROM instance WHERE account = ?1 AND (gpu_above >= ?2 OR gpu_fraction >= ?2)";

    private const string Judged = "SELECT ts, instance, judged FROM sample ";

    /// <summary>Selects complete readings in pages. Rows whose time is not an integer are excluded: such a value sorts after all integers or reads as 0, so the next page would begin again at the start.</summary>
    private const string WholeReadings = """
        SELECT s.ts, s.instance, i.name, s.gpu, s.memory, s.disk, s.uptime, s.each_gpu, s.source FROM sample s JOIN instance i ON i.id = s.instance
        WHERE (s.ts, s.instance) > (?1, ?2) AND s.ts <= 253402300799999 AND typeof(s.ts) = 'integer' AND i.account = ?3 AND (?4 IS NULL OR s.instance = ?4) ORDER BY s.ts, s.instance LIMIT 2000
        """;

    /// <summary>The rule of a command without parameters. The store does not know the rules of the commands that will use the readings.</summary>
    private static readonly IdleRule s_usual = new();

    private readonly StateHistory _states = new(database);

    public void RecordReadings(string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            DropFuture(session, number, now);
            Statement insert = session.Sql(s_insert);
            Statement touch = session.Sql(Touch);
            foreach (InstanceMetrics reading in readings)
            {
                Reading sample = Reading.From(reading);
                long at = sample.At.ToUnixTimeMilliseconds();
                insert.Set(1, at);
                insert.Set(2, session.Instance(number, reading.Id, at, id =>
                {
                    touch.Set(1, id);
                    touch.Set(2, at);
                    touch.Set(3, sample.PeakGpu > 1 ? at : null);
                    touch.Set(4, HasFraction(reading) ? at : null);
                    touch.Set(5, IsUsable(sample) ? 1 : 0);
                    return touch.Run();
                }));
                insert.Set(3, PackedReading.Pack(sample));
                insert.Set(4, reading.Uptime is { } uptime ? (long)uptime.TotalMilliseconds : -1);
                insert.Set(5, reading.GpuUtilization);
                insert.Set(6, reading.MemoryUsage);
                insert.Set(7, reading.DiskUsage);
                insert.Set(8, GpuText.Write(reading.Gpus));
                insert.Set(9, (long)reading.Source);
                insert.Run();
            }
            DropOldSamples(session, Retention.Before(now, retention));
            return readings.Count;
        });

    public IReadOnlyDictionary<string, IReadOnlyList<Reading>> Window(string account, IReadOnlyCollection<string>? ids, DateTimeOffset from, DateTimeOffset to) =>
        database.Read(session =>
        {
            long start = from.ToUnixTimeMilliseconds();
            Dictionary<long, Series> wanted = Wanted(session, account, ids);
            ReadBefore(session, wanted, start);
            ReadInside(session, wanted, from, to);
            var window = new Dictionary<string, IReadOnlyList<Reading>>(wanted.Count, StringComparer.Ordinal);
            foreach (Series series in wanted.Values)
            {
                if (series.Samples.Count > 0)
                    window[series.Id] = series.Samples;
            }
            return window;
        });

    public ISet<string> ClockWentBack(string account, DateTimeOffset from, DateTimeOffset now) =>
        database.Read(session =>
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            Statement rows = session.Sql(Ahead).Bind(session.FindAccount(account), from, now);
            while (rows.Step())
                names.Add(rows.Text(0));
            return names;
        });

    public RecordedUnits Units(string account, DateTimeOffset now) =>
        database.Read(session =>
        {
            long since = Retention.Before(now, retention).ToUnixTimeMilliseconds();
            var above = new HashSet<string>(StringComparer.Ordinal);
            bool hasFractions = false;
            Statement rows = session.Sql(UnitsShown).Bind(session.FindAccount(account), since);
            while (rows.Step())
            {
                if (rows.Long(1) >= since)
                    above.Add(rows.Text(0));
                hasFractions |= rows.Long(2) >= since;
            }
            return new RecordedUnits(above, hasFractions);
        });

    public IEnumerable<InstanceMetrics> Readings(string account, string? id, DateTimeOffset since)
    {
        // Read in pages, because one long read transaction would block the checkpoint of the write-ahead log and the other users of this connection.
        long at = since.ToUnixTimeMilliseconds() - 1, instance = long.MaxValue;
        while (true)
        {
            var page = new List<InstanceMetrics>();
            database.Read(session =>
            {
                if (session.FindAccount(account) is not { } number)
                    return 0;
                long? only = id is null ? null : session.FindInstance(number, id);
                if (id is not null && only is null)
                    return 0;
                Statement rows = session.Sql(WholeReadings).Bind(at, instance, number, only);
                while (rows.Step())
                {
                    (at, instance) = (rows.Long(0), rows.Long(1));
                    page.Add(Whole(rows));
                }
                return page.Count;
            });
            if (page.Count == 0)
                yield break;
            foreach (InstanceMetrics reading in page)
                yield return reading;
        }
    }

    public void RecordStates(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now) => _states.Record(account, instances, complete, now);

    public IReadOnlyDictionary<string, RecordedState> CurrentStates(string account) => _states.Current(account);

    public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap) => _states.StoppedSince(account, longestGap);

    public IReadOnlyList<RecordedState> States(string account, DateTimeOffset since) => _states.Since(account, since);

    public IReadOnlyList<RecordedState> StatesOfService(string account, DateTimeOffset since) => _states.Since(account, since, ofService: true);

    /// <summary>Deletes readings later than now, which were taken while the clock was ahead. They would otherwise stay the latest readings until the clock reaches them. The window of these instances starts again.</summary>
    private static void DropFuture(Session session, long account, DateTimeOffset now)
    {
        DateTimeOffset latest = now + s_outOfOrder;
        var ahead = new List<long>();
        Statement rows = session.Sql("SELECT id FROM instance WHERE account = ?1 AND last_sample > ?2").Bind(account, latest);
        while (rows.Step())
            ahead.Add(rows.Long(0));
        foreach (long id in ahead)
        {
            session.Sql("DELETE FROM sample WHERE ts > ?1 AND instance = ?2").Run(now, id);
            session.Sql("UPDATE instance SET last_sample = ?2, first_sample = min(first_sample, ?2) WHERE id = ?1").Run(id, now);
            session.Sql("INSERT OR REPLACE INTO clock_reset (instance, at) VALUES (?1, ?2)").Run(id, now);
        }
    }

    /// <summary>Returns true when any load lies between 0 and 1, which a server that reports whole percent never does.</summary>
    private static bool HasFraction(InstanceMetrics reading)
    {
        bool hasFraction = reading.GpuUtilization is > 0 and < 1;
        foreach (GpuMetrics gpu in reading.Gpus)
            hasFraction |= gpu.Utilization is > 0 and < 1;
        return hasFraction;
    }

    private static void DropOldSamples(Session session, DateTimeOffset before)
    {
        long bound = before.ToUnixTimeMilliseconds();
        if (At(session, "SELECT ts FROM sample ORDER BY ts, instance LIMIT 1") is not { } oldest || oldest >= bound)
            return;
        // The bound is computed in a statement of its own, because with two bounds in one statement SQLite would scan the whole range of one to check the other.
        if (At(session, TenThousandth) is { } last && last < bound)
            bound = last + 1;
        session.Sql("DELETE FROM sample WHERE ts < ?1").Run(bound);
    }

    /// <summary>Returns the time of the first row in milliseconds, without validation, so that an invalid time is deleted like an old one; null when there is no row.</summary>
    private static long? At(Session session, string sql)
    {
        Statement one = session.Sql(sql);
        long? at = one.Step() ? one.Long(0) : null;
        one.Reset();
        return at;
    }

    /// <summary>Returns true for a reading after which the instance does not count as silent. One GPU at work is enough; idleness needs the load of all of them.</summary>
    private static bool IsUsable(in Reading reading) => reading.PeakGpu >= 0 && (!reading.HasUnreadGpus || reading.PeakGpu >= s_usual.GpuBelow);

    private static Dictionary<long, Series> Wanted(Session session, string account, IReadOnlyCollection<string>? ids)
    {
        HashSet<string>? only = ids is null ? null : new HashSet<string>(ids, StringComparer.Ordinal);
        var wanted = new Dictionary<long, Series>();
        Statement rows = session.Sql(Known).Bind(session.FindAccount(account));
        while (rows.Step())
        {
            string id = rows.Text(1);
            if (only is null || only.Contains(id))
                wanted[rows.Long(0)] = new Series(id, rows.Long(2), rows.Long(3));
        }
        return wanted;
    }

    /// <summary>
    /// Adds the last reading at or before the start to each series. Scans back from the start only while an instance with readings both before and after the start still lacks one, and over at most <see cref="MostBack"/> readings.
    /// An instance that was not read for that long gets its first reading instead: it shows that the instance was read before, and can affect a verdict in no other way, because it is further from the window than the longest gap.
    /// </summary>
    private static void ReadBefore(Session session, Dictionary<long, Series> wanted, long start)
    {
        int missing = 0;
        Statement one = session.Sql(Judged + "WHERE ts = ?1 AND instance = ?2");
        foreach (KeyValuePair<long, Series> entry in wanted)
        {
            Series series = entry.Value;
            if (series.Last <= start)
            {
                one.Set(1, series.Last);
                one.Set(2, entry.Key);
                // The row is missing when it was older than the retention.
                if (one.Step())
                    series.Samples.Add(Judge(one));
                one.Reset();
            }
            else if (series.First <= start)
            {
                missing++;
            }
        }
        if (missing == 0)
            return;
        Statement back = session.Sql(Judged + "WHERE ts <= ?1 ORDER BY ts DESC, instance DESC").Bind(start);
        for (int scanned = 0; missing > 0 && scanned < MostBack && back.Step(); scanned++)
        {
            if (wanted.TryGetValue(back.Long(1), out Series? series) && series.Samples.Count == 0 && series.Last > start)
            {
                series.Samples.Add(Judge(back));
                missing--;
            }
        }
        back.Reset();
        if (missing == 0)
            return;
        foreach (KeyValuePair<long, Series> entry in wanted)
        {
            Series series = entry.Value;
            if (series.Samples.Count > 0 || series.First > start || series.Last <= start)
                continue;
            one.Set(1, series.First);
            one.Set(2, entry.Key);
            if (one.Step())
                series.Samples.Add(Judge(one));
            one.Reset();
        }
    }

    private static void ReadInside(Session session, Dictionary<long, Series> wanted, DateTimeOffset from, DateTimeOffset to)
    {
        // For up to 5 instances SQLite filters the rows, because skipping a row is ten times faster than returning it.
        if (wanted.Count <= 5)
        {
            foreach (KeyValuePair<long, Series> entry in wanted)
            {
                Statement picked = session.Sql(Judged + "WHERE ts > ?1 AND ts <= ?2 AND instance = ?3 ORDER BY ts").Bind(from, to, entry.Key);
                while (picked.Step())
                    entry.Value.Samples.Add(Judge(picked));
            }
            return;
        }
        Statement rows = session.Sql(Judged + "WHERE ts > ?1 AND ts <= ?2 ORDER BY ts, instance").Bind(from, to);
        while (rows.Step())
        {
            if (wanted.TryGetValue(rows.Long(1), out Series? series))
                series.Samples.Add(Judge(rows));
        }
    }

    private static Reading Judge(Statement row) => PackedReading.Unpack(row.Time(0), row.Long(2));

    private static InstanceMetrics Whole(Statement row) => new()
    {
        SampledAt = row.Time(0),
        Id = row.Text(2),
        GpuUtilization = row.RealOrNull(3),
        MemoryUsage = row.RealOrNull(4),
        DiskUsage = row.RealOrNull(5),
        Uptime = Uptime(row.Long(6)),
        Gpus = GpuText.Read(row.TextOrNull(7)),
        Source = row.Long(8) == (long)MetricsSource.Ssh ? MetricsSource.Ssh : MetricsSource.Api,
    };

    private static TimeSpan? Uptime(long milliseconds) =>
        milliseconds < 0 || milliseconds > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond ? null : new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);

    private sealed class Series(string id, long first, long last)
    {
        public string Id { get; } = id;

        public long First { get; } = first;

        public long Last { get; } = last;

        public List<Reading> Samples { get; } = new(40);
    }
}
