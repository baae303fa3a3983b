using System;
using System.Collections.Generic;
using PulseRun.Core.Protections;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Protections;

/// <summary>Stores the protections, which hold for every host of the team.</summary>
internal sealed class ProtectionList(Database database) : IProtections
{
    private const string Upsert = """
        INSERT INTO pulserun.protection (account, instance, reason, until, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, instance) DO UPDATE SET reason = excluded.reason, until = excluded.until, created_at = excluded.created_at
        """;

    /// <summary>Selects the protections in effect. Of several for one instance, the one that lasts longest comes last and is used.</summary>
    private const string Holding = "SELECT instance, reason, until, created_at FROM pulserun.protection WHERE until IS NULL OR until > $1 ORDER BY instance, until NULLS LAST";

    public Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Run("DELETE FROM pulserun.protection WHERE instance = $1 OR account = $2 AND until <= $3", id, number, now);
            return session.Run(Upsert, number, id, reason, until, now);
        });
        return new Protection { Id = id, Reason = reason, Until = until, CreatedAt = now };
    }

    public bool Unprotect(string id) => database.Write(session => session.Run("DELETE FROM pulserun.protection WHERE instance = $1", id)) > 0;

    public IReadOnlyDictionary<string, Protection> Get(DateTimeOffset now) =>
        database.Read(session =>
        {
            var held = new Dictionary<string, Protection>(StringComparer.Ordinal);
            session.Each(Holding, row =>
            {
                string id = row.Text(0);
                held[id] = new Protection { Id = id, Reason = row.TextOrNull(1), Until = row.TimeOrNull(2), CreatedAt = row.Time(3) };
            }, now);
            return held;
        });
}
