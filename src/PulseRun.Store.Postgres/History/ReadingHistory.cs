using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Npgsql;
using NpgsqlTypes;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Store.History;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Stores the readings of all hosts in daily partitions, written with binary COPY. <see cref="StateHistory"/> stores the states.</summary>
internal sealed class ReadingHistory(Database database, TimeSpan retention) : IHistory
{
    /// <summary>Updates the rows of the instances that were read. Misses start again at the last usable reading.</summary>
    private static readonly string s_touch = $"""
        UPDATE pulserun.instance i SET first_seen = least(i.first_seen, g.first_at),
            first_judged = CASE WHEN i.first_sample IS NULL OR g.first_at < i.first_sample THEN g.first_judged ELSE i.first_judged END,
            first_sample = least(i.first_sample, g.first_at),
            last_judged = CASE WHEN i.last_sample IS NULL OR g.last_at > i.last_sample THEN g.last_judged
                WHEN g.last_at = i.last_sample AND i.last_judged IS NOT NULL THEN greatest(i.last_judged, g.last_judged) | ((i.last_judged | g.last_judged) & {PackedReading.Partial})
                ELSE i.last_judged END,
            last_sample = greatest(i.last_sample, g.last_at),
            gpu_above = greatest(i.gpu_above, g.above), gpu_fraction = greatest(i.gpu_fraction, g.fraction),
            asked_at = g.asked, misses = CASE WHEN g.is_usable THEN g.misses ELSE least(i.misses + g.misses, 1000) END, leased_until = NULL
        FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::boolean[], $10::integer[])
            AS g (id, first_at, first_judged, last_at, last_judged, above, fraction, asked, is_usable, misses)
        WHERE i.id = g.id
        """;

    private const string Copy = "COPY pulserun.sample (ts, judged, instance, disk, detail) FROM STDIN (FORMAT BINARY)";

    private const string Known = "SELECT id, name, first_sample, first_judged, last_sample, last_judged FROM pulserun.instance WHERE account = $1 AND last_sample IS NOT NULL AND ($2::text[] IS NULL OR name = ANY($2::text[]))";

    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromMinutes(1);

    /// <summary>The last reading before a window is searched in these steps back in time, which limits the cost of a verdict. Beyond the last step, the first reading of the instance is taken instead.</summary>
    private static readonly TimeSpan[] s_back = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(20), TimeSpan.FromHours(3), TimeSpan.FromHours(24)];

    /// <summary>The readings are returned by parts of this length, so that neither a host nor the server holds all of them.</summary>
    private static readonly TimeSpan s_part = TimeSpan.FromHours(1);

    /// <summary>The rule of a command without parameters. The store does not know the rules of the commands that will use the readings.</summary>
    private static readonly IdleRule s_usual = new();

    /// <summary>The shortest time between two steps of the upkeep by one process.</summary>
    private static readonly TimeSpan s_upkeepEvery = TimeSpan.FromSeconds(50);

    private readonly StateHistory _states = new(database);

    private readonly Stopwatch _sinceUpkeep = new();

    public void RecordReadings(string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now)
    {
        if (readings.Count == 0)
            return;
        bool isRollUpDue = database.Write(session =>
        {
            session.CommitLazily();
            int number = session.Account(account);
            session.Lock(AccountLock.History, number);
            DropFuture(session, number, now);
            Write(session, account, readings, now);
            // Partitions contain the readings of all accounts, so only the usual retention drops them, not the shorter one of a test.
            DateTimeOffset before = Expiry.Before(now, session.Now, TimeSpan.FromTicks(Math.Max(retention.Ticks, TimeSpan.TicksPerDay * 14)));
            return session.One("SELECT pulserun.is_roll_up_due($2) FROM pulserun.drop_partitions($1)", before, Expiry.Before(now, session.Now, TimeSpan.Zero)) is true;
        });
        if (isRollUpDue && (!_sinceUpkeep.IsRunning || _sinceUpkeep.Elapsed > s_upkeepEvery))
        {
            _sinceUpkeep.Restart();
            StoreUpkeep.RollUp(database, now);
        }
    }

    /// <summary>Writes readings in the transaction of the caller, which holds the lock of the history, and returns how many were young enough to be kept.</summary>
    public int Write(Session session, string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now)
    {
        int number = session.Account(account), written = 0;
        DateTimeOffset oldest = Expiry.Before(now, session.Now, retention);
        Dictionary<string, int> rows = InstanceRows.Ensure(session, number, readings.Select(static one => one.Id).ToArray(), readings.Min(static one => one.SampledAt).ToUnixTimeMilliseconds());
        var packed = readings.Select(static one => Reading.From(one)).ToList();
        EnsureDays(session, packed.Where(one => one.At >= oldest).Select(static one => Day(one.At)));
        if (SeparatedReadings.AreIn(session))
        {
            written = SeparatedReadings.Insert(session, rows, readings, packed, oldest);
        }
        else
        {
            using NpgsqlBinaryImporter copy = session.Copy(Copy);
            for (int i = 0; i < packed.Count; i++)
            {
                if (packed[i].At < oldest)
                    continue;
                WriteRow(copy, rows[readings[i].Id], packed[i], readings[i]);
                written++;
            }
            copy.Complete();
        }
        Touch(session, rows, readings, packed);
        session.Run("UPDATE pulserun.account SET kept_from = $2 WHERE id = $1 AND kept_from < $2", number, oldest);
        return written;
    }

    public IReadOnlyDictionary<string, IReadOnlyList<Reading>> Window(string account, IReadOnlyCollection<string>? ids, DateTimeOffset from, DateTimeOffset to) =>
        database.Read(session =>
        {
            var window = new Dictionary<string, IReadOnlyList<Reading>>(StringComparer.Ordinal);
            if (session.FindAccount(account) is not { } number)
                return window;
            Dictionary<int, Series> wanted = Wanted(session, number, ids);
            if (wanted.Count == 0)
                return window;
            Kept kept = ReadKept(session, number);
            // The server filters the rows of a few instances. For a fleet, nearly every row is used.
            int[]? only = ids is not null && wanted.Count <= 500 ? [.. wanted.Keys] : null;
            bool isRolled = kept.MayBeRolled(from - s_back[s_back.Length - 1]);
            ReadBefore(session, wanted, only, from, kept, isRolled);
            // The statement has no ORDER BY: the rows are nearly in the order of time, and a sort would be more than half of the work of the server.
            session.Each("SELECT ts, instance, judged FROM pulserun.sample WHERE ts > $1 AND ts <= $2 AND ts >= $3 AND ($4::integer[] IS NULL OR instance = ANY($4::integer[]))", row =>
            {
                if (wanted.TryGetValue(row.Int(1), out Series? series))
                    series.Add(row.Long(0), row.Long(2));
            }, from, to, kept.From, only);
            if (isRolled)
            {
                // The rows of 5 minutes are read after the readings, so that a step of the roll-up between the two statements shows some readings twice, and hides none.
                RolledReadings.Between(session, Math.Max(from.ToUnixTimeMilliseconds(), kept.From - 1), to.ToUnixTimeMilliseconds(), only, reading =>
                {
                    if (wanted.TryGetValue(reading.Instance, out Series? series))
                        series.Add(reading.At, reading.Judged);
                });
            }
            foreach (Series series in wanted.Values)
            {
                if (series.Read(from.ToUnixTimeMilliseconds()) is { Count: > 0 } readings)
                    window[series.Id] = readings;
            }
            return window;
        });

    public ISet<string> ClockWentBack(string account, DateTimeOffset from, DateTimeOffset now) =>
        database.Read(session =>
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
                session.Each("SELECT name FROM pulserun.instance LEFT JOIN pulserun.clock_reset ON instance = id WHERE account = $1 AND (last_sample > $3 OR at > $2)", row => names.Add(row.Text(0)), number, from, now);
            return names;
        });

    public RecordedUnits Units(string account, DateTimeOffset now) =>
        database.Read(session =>
        {
            long since = Expiry.Before(now, session.Now, retention).ToUnixTimeMilliseconds();
            var above = new HashSet<string>(StringComparer.Ordinal);
            bool hasFractions = false;
            if (session.FindAccount(account) is { } number)
            {
                session.Each("SELECT name, coalesce(gpu_above, 0), coalesce(gpu_fraction, 0) FROM pulserun.instance WHERE account = $1 AND (gpu_above >= $2 OR gpu_fraction >= $2)", row =>
                {
                    if (row.Long(1) >= since)
                        above.Add(row.Text(0));
                    hasFractions |= row.Long(2) >= since;
                }, number, since);
            }
            return new RecordedUnits(above, hasFractions);
        });

    public IEnumerable<InstanceMetrics> Readings(string account, string? id, DateTimeOffset since)
    {
        (long first, long last) = database.Read(session =>
        {
            long from = long.MaxValue, to = long.MinValue;
            if (session.FindAccount(account) is { } number)
            {
                session.Each("SELECT min(first_sample), max(last_sample) FROM pulserun.instance WHERE account = $1 AND ($2::text IS NULL OR name = $2::text)", row =>
                {
                    if (!row.IsNull(0) && !row.IsNull(1))
                        (from, to) = (Math.Max(row.Long(0), since.ToUnixTimeMilliseconds()), row.Long(1));
                }, number, id);
                from = Math.Max(from, ReadKept(session, number).From);
            }
            return (from, to);
        });
        while (first <= last)
        {
            (long at, long end) = (first, first + (long)s_part.TotalMilliseconds);
            foreach (InstanceMetrics reading in database.Read(session => Part(session, account, id, at, end)))
                yield return reading;
            first = end;
        }
    }

    public void RecordStates(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now) => _states.Record(account, instances, complete, now);

    public IReadOnlyDictionary<string, RecordedState> CurrentStates(string account) => _states.Current(account);

    public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap) => _states.StoppedSince(account, longestGap);

    public IReadOnlyList<RecordedState> States(string account, DateTimeOffset since) => _states.Since(account, since);

    public IReadOnlyList<RecordedState> StatesOfService(string account, DateTimeOffset since) => _states.Since(account, since, ofService: true);

    private static void WriteRow(NpgsqlBinaryImporter copy, int row, in Reading packed, InstanceMetrics reading)
    {
        (float? disk, string? text) = ReadingDetail.Write(reading, packed);
        copy.StartRow();
        copy.Write(packed.At.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint);
        copy.Write(PackedReading.Pack(packed), NpgsqlDbType.Bigint);
        copy.Write(row, NpgsqlDbType.Integer);
        if (disk is { } used)
            copy.Write(used, NpgsqlDbType.Real);
        else
            copy.WriteNull();
        if (text is not null)
            copy.Write(text, NpgsqlDbType.Text);
        else
            copy.WriteNull();
    }

    private static void Touch(Session session, Dictionary<string, int> rows, IReadOnlyList<InstanceMetrics> readings, List<Reading> packed)
    {
        var touches = new SortedDictionary<int, InstanceTouch>();
        for (int i = 0; i < packed.Count; i++)
        {
            int row = rows[readings[i].Id];
            if (!touches.TryGetValue(row, out InstanceTouch? touch))
                touches[row] = touch = new InstanceTouch();
            touch.Add(packed[i], PackedReading.Pack(packed[i]), HasFraction(readings[i]), IsUsable(packed[i]));
        }
        InstanceTouch[] all = [.. touches.Values];
        session.Run(s_touch, touches.Keys.ToArray(), Column(static one => one.FirstAt), Column(static one => one.FirstJudged), Column(static one => one.LastAt), Column(static one => one.LastJudged),
            all.Select(static one => one.Above).ToArray(), all.Select(static one => one.Fraction).ToArray(), Column(static one => one.Asked), all.Select(static one => one.IsUsable).ToArray(), all.Select(static one => one.Misses).ToArray());

        long[] Column(Func<InstanceTouch, long> value) => all.Select(value).ToArray();
    }

    /// <summary>Deletes readings later than now, which were taken while the clock was ahead. The window of these instances starts again.</summary>
    private static void DropFuture(Session session, int account, DateTimeOffset now)
    {
        int[] ahead = [.. session.All("SELECT id FROM pulserun.instance WHERE account = $1 AND last_sample > $2", static row => row.Int(0), account, now + s_outOfOrder)];
        if (ahead.Length == 0)
            return;
        session.Run("SELECT pulserun.split_rollup($1, $2)", now, ahead);
        session.Run("DELETE FROM pulserun.rollup WHERE ts > $1 AND instance = ANY($2)", now, ahead);
        session.Run("DELETE FROM pulserun.sample WHERE ts > $1 AND instance = ANY($2)", now, ahead);
        session.Run("UPDATE pulserun.instance SET last_sample = $2, last_judged = NULL, first_judged = CASE WHEN first_sample > $2 THEN NULL ELSE first_judged END, first_sample = least(first_sample, $2) WHERE id = ANY($1)", ahead, now);
        session.Run("INSERT INTO pulserun.clock_reset (instance, at) SELECT i, $2 FROM unnest($1::integer[]) AS given (i) ON CONFLICT (instance) DO UPDATE SET at = excluded.at", ahead, now);
    }

    private static Dictionary<int, Series> Wanted(Session session, int account, IReadOnlyCollection<string>? ids)
    {
        var wanted = new Dictionary<int, Series>();
        session.Each(Known, row => wanted[row.Int(0)] = new Series(row.Text(1), row.Long(2), row.LongOrNull(3), row.Long(4), row.LongOrNull(5)), account, ids?.ToArray());
        return wanted;
    }

    /// <summary>Adds the last reading at or before the start to each series. The row of an instance has its newest reading, so only instances that were also read after the start are searched for.</summary>
    private static void ReadBefore(Session session, Dictionary<int, Series> wanted, int[]? only, DateTimeOffset from, Kept kept, bool isRolled)
    {
        long start = from.ToUnixTimeMilliseconds(), oldest = kept.From;
        var missing = new HashSet<int>();
        foreach (KeyValuePair<int, Series> one in wanted)
        {
            Series series = one.Value;
            if (series.Last <= start && series.LastJudged is { } judged)
            {
                if (series.Last >= oldest)
                    series.Add(series.Last, judged);
            }
            else if (series.First <= start)
            {
                missing.Add(one.Key);
            }
        }
        DateTimeOffset upTo = from;
        var found = new HashSet<int>();
        foreach (TimeSpan back in s_back)
        {
            if (missing.Count == 0)
                return;
            DateTimeOffset since = from - back;
            int[]? searched = missing.Count <= 500 ? missing.ToArray() : only;
            found.Clear();
            session.Each("""
                SELECT DISTINCT ON (instance) ts, instance, judged FROM pulserun.sample
                WHERE ts > $1 AND ts <= $2 AND ts >= $3 AND ($4::integer[] IS NULL OR instance = ANY($4::integer[])) ORDER BY instance, ts DESC, judged DESC
                """, row => Found(row.Int(1), row.Long(0), row.Long(2)), since, upTo, kept.From, searched);
            if (isRolled)
                RolledReadings.LastBetween(session, Math.Max(since.ToUnixTimeMilliseconds(), oldest - 1), upTo.ToUnixTimeMilliseconds(), searched, reading => Found(reading.Instance, reading.At, reading.Judged));
            missing.ExceptWith(found);
            upTo = since;
        }
        foreach (int id in missing)
        {
            Series series = wanted[id];
            if (series.FirstJudged is { } judged && series.First >= oldest)
                series.Add(series.First, judged);
        }

        void Found(int instance, long at, long judged)
        {
            if (!missing.Contains(instance))
                return;
            wanted[instance].Add(at, judged);
            found.Add(instance);
        }
    }

    private static List<InstanceMetrics> Part(Session session, string account, string? id, long from, long end)
    {
        var part = new List<Recorded>();
        if (session.FindAccount(account) is not { } number)
            return [];
        session.Each("""
            SELECT s.ts, s.instance, i.name, s.judged, s.disk, s.detail FROM pulserun.sample s JOIN pulserun.instance i ON i.id = s.instance
            WHERE s.ts >= $1 AND s.ts < $2 AND i.account = $3 AND ($4::text IS NULL OR i.name = $4::text) ORDER BY s.ts, s.instance, s.judged DESC
            """, row => Add(new Recorded(row.Time(0), row.Int(1), row.Text(2), row.Long(3), row.SingleOrNull(4), row.TextOrNull(5), false)), from, end, number, id);
        if (ReadKept(session, number).MayBeRolled(DateTimeOffset.FromUnixTimeMilliseconds(from)))
        {
            int before = part.Count;
            var names = new Dictionary<int, string>();
            session.Each("SELECT id, name FROM pulserun.instance WHERE account = $1 AND ($2::text IS NULL OR name = $2::text)", row => names[row.Int(0)] = row.Text(1), number, id);
            RolledReadings.OfAccountBetween(session, number, id, from - 1, end - 1, reading =>
                part.Add(new Recorded(DateTimeOffset.FromUnixTimeMilliseconds(reading.At), reading.Instance, names.TryGetValue(reading.Instance, out string? name) ? name : "", reading.Judged, reading.Disk, null, true)));
            if (part.Count > before)
            {
                // A reading that was rolled up between the two statements comes twice; the one that was read as it was recorded stays.
                List<Recorded> all = [.. part.OrderBy(static one => one.At).ThenBy(static one => one.Instance).ThenBy(static one => one.IsRolled).ThenByDescending(static one => one.Judged)];
                part.Clear();
                all.ForEach(Add);
            }
        }
        return part.ConvertAll(static one => ReadingDetail.Read(one.Name, one.At, one.Judged, one.Disk, one.Detail));

        // Two readings of one millisecond are one: the busier one, which comes first, with unread GPUs if either had.
        void Add(Recorded next)
        {
            if (part.Count > 0 && part[part.Count - 1] is { } last && last.At == next.At && last.Instance == next.Instance)
                part[part.Count - 1] = last with { Judged = last.Judged | (next.Judged & PackedReading.Partial) };
            else
                part.Add(next);
        }
    }

    private static Kept ReadKept(Session session, int account)
    {
        Kept kept = default;
        session.Each("SELECT a.kept_from, greatest(s.rolled_upto, $2 - s.raw_for) FROM pulserun.account a LEFT JOIN pulserun.rollup_setting s ON true WHERE a.id = $1",
            row => kept = new Kept(row.Long(0), row.LongOrNull(1) ?? long.MaxValue), account, session.Now + s_outOfOrder);
        return kept;
    }

    private static bool HasFraction(InstanceMetrics reading)
    {
        bool hasFraction = reading.GpuUtilization is > 0 and < 1;
        foreach (GpuMetrics gpu in reading.Gpus)
            hasFraction |= gpu.Utilization is > 0 and < 1;
        return hasFraction;
    }

    /// <summary>Returns true for a reading after which the instance does not count as silent. One GPU at work is enough; idleness needs the load of all of them.</summary>
    private static bool IsUsable(in Reading reading) => reading.PeakGpu >= 0 && (!reading.HasUnreadGpus || reading.PeakGpu >= s_usual.GpuBelow);

    private static long Day(DateTimeOffset time) => (long)Math.Floor(time.ToUnixTimeMilliseconds() / 86_400_000.0);

    /// <summary>Makes the partitions of days. Looked up each time: it is one catalogue lookup, and another host may have dropped a partition.</summary>
    private static void EnsureDays(Session session, IEnumerable<long> days)
    {
        foreach (long day in days.Distinct().OrderBy(static day => day).ToList())
            session.Run("SELECT pulserun.ensure_partition($1)", day);
    }

    /// <summary>Collects what a batch of readings changes in the row of one instance.</summary>
    private sealed class InstanceTouch
    {
        public long FirstAt { get; private set; } = long.MaxValue;

        public long FirstJudged { get; private set; }

        public long LastAt { get; private set; } = long.MinValue;

        public long LastJudged { get; private set; }

        public long? Above { get; private set; }

        public long? Fraction { get; private set; }

        public long Asked { get; private set; }

        public bool IsUsable { get; private set; }

        public int Misses { get; private set; }

        public void Add(in Reading reading, long judged, bool hasFraction, bool isUsable)
        {
            long at = reading.At.ToUnixTimeMilliseconds();
            if (at <= FirstAt)
                (FirstJudged, FirstAt) = (at == FirstAt ? Busier(FirstJudged, judged) : judged, at);
            if (at >= LastAt)
                (LastJudged, LastAt) = (at == LastAt ? Busier(LastJudged, judged) : judged, at);
            if (reading.PeakGpu > 1)
                Above = Math.Max(Above ?? at, at);
            if (hasFraction)
                Fraction = Math.Max(Fraction ?? at, at);
            Asked = at;
            IsUsable |= isUsable;
            Misses = isUsable ? 0 : Math.Min(Misses + 1, 1000);
        }
    }

    private static long Busier(long one, long other) => Math.Max(one, other) | ((one | other) & PackedReading.Partial);

    /// <summary>Contains from when on the readings of an account count, and up to when there are rows of 5 minutes, or may be at the end of this transaction.</summary>
    private readonly record struct Kept(long From, long RolledUpTo)
    {
        public bool MayBeRolled(DateTimeOffset since) => since.ToUnixTimeMilliseconds() < RolledUpTo;
    }

    /// <summary>Contains the columns of one reading.</summary>
    private sealed record Recorded(DateTimeOffset At, int Instance, string Name, long Judged, float? Disk, string? Detail, bool IsRolled);

    /// <summary>Collects the readings of one instance, in any order.</summary>
    private sealed class Series(string id, long first, long? firstJudged, long last, long? lastJudged)
    {
        private readonly List<(long At, long Judged)> _readings = new(40);
        private bool _isUnordered;

        public string Id { get; } = id;

        public long First { get; } = first;

        public long? FirstJudged { get; } = firstJudged;

        public long Last { get; } = last;

        public long? LastJudged { get; } = lastJudged;

        public void Add(long at, long judged)
        {
            _isUnordered |= _readings.Count > 0 && at < _readings[_readings.Count - 1].At;
            _readings.Add((at, judged));
        }

        /// <summary>Returns the readings in the order of time, and of those at or before the start only the last one. Two of one millisecond become one: the busier one, with unread GPUs if either had.</summary>
        public List<Reading> Read(long start)
        {
            if (_isUnordered)
                _readings.Sort();
            var read = new List<Reading>(_readings.Count);
            for (int i = 0; i < _readings.Count; i++)
            {
                (long at, long judged) = _readings[i];
                for (; i + 1 < _readings.Count && _readings[i + 1].At == at; i++)
                    judged = Busier(judged, _readings[i + 1].Judged);
                if (i + 1 == _readings.Count || _readings[i + 1].At > start)
                    read.Add(PackedReading.Unpack(DateTimeOffset.FromUnixTimeMilliseconds(at), judged));
            }
            return read;
        }
    }
}
