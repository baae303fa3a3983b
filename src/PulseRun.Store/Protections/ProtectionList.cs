using System;
using System.Collections.Generic;
using PulseRun.Contracts;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Protections;

/// <summary>The protections in the database. Written durably: what a power failure took back would be stopped by the next cleanup.</summary>
internal sealed class ProtectionList(Database database) : IProtections
{
    private const string Upsert = """
        INSERT INTO protection (account, instance, reason, until, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET reason = excluded.reason, until = excluded.until, created_at = excluded.created_at
        """;

    private const string Holding = "SELECT instance, reason, until, created_at FROM protection WHERE account = ?1 AND (until IS NULL OR until > ?2) ORDER BY instance";

    public Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        database.WriteDurably(session =>
        {
            long number = session.Account(account);
            session.Sql("DELETE FROM protection WHERE account = ?1 AND until <= ?2").Run(number, now);
            return session.Sql(Upsert).Run(number, id, reason, until, now);
        });
        return new Protection { Id = id, Reason = reason, Until = until, CreatedAt = now };
    }

    public bool Unprotect(string account, string id) =>
        database.WriteDurably(session =>
            session.Sql("DELETE FROM protection WHERE account = ?1 AND instance = ?2").Run(session.FindAccount(account), id)) == 1;

    public IReadOnlyDictionary<string, Protection> Get(string account, DateTimeOffset now) =>
        database.Read(session =>
        {
            var held = new Dictionary<string, Protection>(StringComparer.Ordinal);
            Statement rows = session.Sql(Holding).Bind(session.FindAccount(account), now);
            while (rows.Step())
            {
                string id = rows.Text(0);
                held[id] = new Protection { Id = id, Reason = rows.TextOrNull(1), Until = rows.TimeOrNull(2), CreatedAt = rows.Time(3) };
            }
            return held;
        });
}
