using System;
using System.Collections.Generic;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.History;

/// <summary>Stores the requests for readings in the rows of the instances. The recorded readings are in <see cref="ReadingHistory"/>.</summary>
internal sealed class ReadingRequests(Database database) : IReadingRequests
{
    /// <summary>The longest time for which a lease can be valid. A later end stems from a clock that was set back since.</summary>
    private static readonly TimeSpan s_longestLease = TimeSpan.FromMinutes(10);

    private const string Known = "SELECT name, last_sample, asked_at, misses, kept_at, kept, keeps FROM instance WHERE account = ?1 AND (last_sample IS NOT NULL OR asked_at IS NOT NULL)";

    /// <summary>Leases a row unless another lease is valid or the instance was asked just now. Times in the future stem from a clock that was set back, and do not count.</summary>
    private const string Take = """
        UPDATE instance SET leased_until = ?3 WHERE id = ?1
            AND (leased_until IS NULL OR leased_until <= ?2 OR leased_until > ?4)
            AND (asked_at IS NULL OR asked_at <= ?5 OR asked_at > ?2)
        """;

    private const string Miss = "UPDATE instance SET asked_at = ?2, misses = min(misses + ?3, 1000), leased_until = NULL WHERE id = ?1";

    private const string KeepRunning = "UPDATE instance SET keeps = iif(kept = ?3, min(keeps + 1, 1000), 1), kept = ?3, kept_at = ?2 WHERE id = ?1";

    private const string Warn = """
        INSERT INTO reading_notice (account, overload_at) VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET overload_at = excluded.overload_at WHERE overload_at <= ?3 OR overload_at > ?2
        """;

    public IReadOnlyDictionary<string, ReadingRecord> All(string account) =>
        database.Read(session =>
        {
            var records = new Dictionary<string, ReadingRecord>(StringComparer.Ordinal);
            Statement rows = session.Sql(Known).Bind(session.FindAccount(account));
            while (rows.Step())
            {
                records[rows.Text(0)] = new ReadingRecord
                {
                    LastRead = rows.TryTime(1),
                    AskedAt = rows.TryTime(2),
                    Misses = Count(rows.Long(3)),
                    KeptAt = rows.TryTime(4),
                    KeptReason = (KeptReason)Count(rows.Long(5)),
                    Keeps = Count(rows.Long(6)),
                };
            }
            return records;
        });

    public IReadOnlyList<string> Lease(string account, IEnumerable<string> ids, int most, LeaseTime time) =>
        database.Write(session =>
        {
            var leased = new List<string>();
            if (most <= 0)
                return leased;
            long number = session.Account(account);
            long now = time.Now.ToUnixTimeMilliseconds();
            Statement take = session.Sql(Take);
            foreach (string id in ids)
            {
                long row = Row(session, number, id, now);
                take.Set(1, row);
                take.Set(2, now);
                take.Set(3, time.Until.ToUnixTimeMilliseconds());
                take.Set(4, (time.Now + s_longestLease).ToUnixTimeMilliseconds());
                take.Set(5, time.NotAskedSince.ToUnixTimeMilliseconds());
                if (take.Run() == 1)
                    leased.Add(id);
                if (leased.Count == most)
                    break;
            }
            return leased;
        });

    public void RecordMisses(string account, IReadOnlyCollection<string> ids, bool counts, DateTimeOffset now) =>
        database.Write(session =>
        {
            long number = session.Account(account), at = now.ToUnixTimeMilliseconds();
            foreach (string id in ids)
                session.Sql(Miss).Run(Row(session, number, id, at), now, counts ? 1L : 0L);
            return ids.Count;
        });

    public void Keep(string account, string id, KeptReason reason, DateTimeOffset now) =>
        database.Write(session => session.Sql(KeepRunning).Run(Row(session, session.Account(account), id, now.ToUnixTimeMilliseconds()), now, (long)reason));

    public bool TryWarnOverload(string account, DateTimeOffset now, TimeSpan every) =>
        database.Write(session => session.Sql(Warn).Run(session.Account(account), now, now - every) == 1);

    /// <summary>Returns the number of the row of an instance. Inserts the row if necessary.</summary>
    private static long Row(Session session, long account, string id, long now) =>
        session.Instance(account, id, now, number =>
        {
            Statement exists = session.Sql("SELECT 1 FROM instance WHERE id = ?1").Bind(number);
            int rows = exists.Step() ? 1 : 0;
            exists.Reset();
            return rows;
        });

    private static int Count(long value) => (int)Math.Min(Math.Max(0, value), 1000);
}
