using System;
using System.Collections.Generic;
using PulseRun.Core.Protections;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Protections;

/// <summary>Stores the protections in the database. Writes are durable, because the next cleanup would stop an instance whose protection a power failure had undone.</summary>
internal sealed class ProtectionList(Database database) : IProtections
{
    private const string Upsert = """
        INSERT INTO protection (account, instance, reason, until, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET reason = excluded.reason, until = excluded.until, created_at = excluded.created_at
        """;

    /// <summary>Selects the protections in effect. Files of earlier versions may contain one per account for an instance; the one that lasts longest comes last and is used.</summary>
    private const string Holding = "SELECT instance, reason, until, created_at FROM protection WHERE until IS NULL OR until > ?1 ORDER BY instance, until IS NULL, until";

    public Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        database.WriteDurably(session =>
        {
            long number = session.Account(account);
            session.Sql("DELETE FROM protection WHERE instance = ?1 OR account = ?2 AND until <= ?3").Run(id, number, now);
            return session.Sql(Upsert).Run(number, id, reason, until, now);
        });
        return new Protection { Id = id, Reason = reason, Until = until, CreatedAt = now };
    }

    public bool Unprotect(string id) =>
        database.WriteDurably(session => session.Sql("DELETE FROM protection WHERE instance = ?1").Run(id)) > 0;

    public IReadOnlyDictionary<string, Protection> Get(DateTimeOffset now) =>
        database.Read(session =>
        {
            var held = new Dictionary<string, Protection>(StringComparer.Ordinal);
            Statement rows = session.Sql(Holding).Bind(now);
            while (rows.Step())
            {
                string id = rows.Text(0);
                held[id] = new Protection { Id = id, Reason = rows.TextOrNull(1), Until = rows.TimeOrNull(2), CreatedAt = rows.Time(3) };
            }
            return held;
        });
}
