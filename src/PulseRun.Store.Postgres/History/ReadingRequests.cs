using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Stores the requests for readings of all hosts in the rows of the instances.</summary>
internal sealed class ReadingRequests(Database database) : IReadingRequests
{
    /// <summary>The longest time for which a lease can be valid. A later end stems from a clock that was set back since.</summary>
    private static readonly TimeSpan s_longestLease = TimeSpan.FromMinutes(10);

    /// <summary>Leases the first free instances in the given order. A row that another host is about to lease or to write is passed over, not waited for.</summary>
    private const string Take = """
        WITH free AS (
            SELECT i.id, wanted.place FROM unnest($2::text[]) WITH ORDINALITY AS wanted (name, place) JOIN pulserun.instance i ON i.account = $1 AND i.name = wanted.name
            WHERE (i.leased_until IS NULL OR i.leased_until <= $3 OR i.leased_until > $5) AND (i.asked_at IS NULL OR i.asked_at <= $6 OR i.asked_at > $3)
            ORDER BY wanted.place LIMIT $7 FOR UPDATE OF i SKIP LOCKED
        ), taken AS (
            UPDATE pulserun.instance i SET leased_until = $4 FROM free WHERE i.id = free.id RETURNING i.name, free.place
        )
        SELECT name FROM taken ORDER BY place
        """;

    public IReadOnlyDictionary<string, ReadingRecord> All(string account) =>
        database.Read(session =>
        {
            var records = new Dictionary<string, ReadingRecord>(StringComparer.Ordinal);
            if (session.FindAccount(account) is not { } number)
                return records;
            session.Each("SELECT name, last_sample, asked_at, misses, kept_at, kept, keeps FROM pulserun.instance WHERE account = $1 AND (last_sample IS NOT NULL OR asked_at IS NOT NULL)", row =>
                records[row.Text(0)] = new ReadingRecord
                {
                    LastRead = row.TryTime(1),
                    AskedAt = row.TryTime(2),
                    Misses = Count(row.Int(3)),
                    KeptAt = row.TryTime(4),
                    KeptReason = (KeptReason)Count(row.Int(5)),
                    Keeps = Count(row.Int(6)),
                }, number);
            return records;
        });

    public IReadOnlyList<string> Lease(string account, IEnumerable<string> ids, int most, LeaseTime time)
    {
        if (most <= 0)
            return [];
        string[] wanted = ids.Distinct(StringComparer.Ordinal).ToArray();
        return database.Write(session =>
        {
            int number = session.Account(account);
            InstanceRows.Ensure(session, number, wanted, time.Now.ToUnixTimeMilliseconds());
            return session.All(Take, static row => row.Text(0), number, wanted, time.Now, time.Until, time.Now + s_longestLease, time.NotAskedSince, most);
        });
    }

    public void RecordMisses(string account, IReadOnlyCollection<string> ids, bool counts, DateTimeOffset now) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.History, number);
            string[] names = ids.ToArray();
            InstanceRows.Ensure(session, number, names, now.ToUnixTimeMilliseconds());
            return session.Run("UPDATE pulserun.instance SET asked_at = $3, misses = least(misses + $4, 1000), leased_until = NULL WHERE account = $1 AND name = ANY($2)", number, names, now, counts ? 1 : 0);
        });

    public void Keep(string account, string id, KeptReason reason, DateTimeOffset now) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.History, number);
            InstanceRows.Ensure(session, number, [id], now.ToUnixTimeMilliseconds());
            return session.Run("UPDATE pulserun.instance SET keeps = CASE WHEN kept = $4 THEN least(keeps + 1, 1000) ELSE 1 END, kept = $4, kept_at = $3 WHERE account = $1 AND name = $2", number, id, now, (int)reason);
        });

    public bool TryWarnOverload(string account, DateTimeOffset now, TimeSpan every) =>
        database.Write(session => session.Run("""
            INSERT INTO pulserun.reading_notice AS n (account, overload_at) VALUES ($1, $2)
            ON CONFLICT (account) DO UPDATE SET overload_at = excluded.overload_at WHERE n.overload_at <= $3 OR n.overload_at > $2
            """, session.Account(account), now, now - every)) == 1;

    private static int Count(int value) => Math.Min(Math.Max(0, value), 1000);
}
