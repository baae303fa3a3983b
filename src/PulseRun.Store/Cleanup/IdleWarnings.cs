using System;
using System.Collections.Generic;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Cleanup;

/// <summary>Stores the warnings in the database.</summary>
internal sealed class IdleWarnings(Database database) : IIdleWarnings
{
    /// <summary>The time after which the warning of an instance that is no longer observed is deleted.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    private const string All = "SELECT instance, spell, since, confirmed, delivered FROM idle_warning WHERE account = ?1";

    private const string One = "SELECT spell, delivered, owner, claimed, valid FROM idle_warning WHERE account = ?1 AND instance = ?2";

    private const string Insert = "INSERT INTO idle_warning (account, instance, spell, since, confirmed, owner, claimed, valid) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    private const string Take = "UPDATE idle_warning SET owner = ?3, claimed = ?4, valid = ?5 WHERE account = ?1 AND instance = ?2";

    public IReadOnlyDictionary<string, IdleWarning> Get(string account) =>
        database.Read(session =>
        {
            var warnings = new Dictionary<string, IdleWarning>(StringComparer.Ordinal);
            Statement rows = session.Sql(All).Bind(session.FindAccount(account));
            while (rows.Step())
            {
                if (Guid.TryParseExact(rows.Text(1), "N", out Guid spell))
                    warnings[rows.Text(0)] = new IdleWarning(spell, rows.Time(2), rows.Time(3), rows.TimeOrNull(4));
            }
            return warnings;
        });

    public void Confirm(string account, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> spells)
    {
        if (spells.Count == 0)
            return;
        database.Write(session =>
        {
            long number = session.Account(account);
            foreach (KeyValuePair<Guid, DateTimeOffset> spell in spells)
                session.Sql("UPDATE idle_warning SET confirmed = max(confirmed, ?3) WHERE account = ?1 AND spell = ?2").Run(number, Key(spell.Key), spell.Value);
            return spells.Count;
        });
    }

    public void End(string account, IReadOnlyCollection<Guid> spells)
    {
        if (spells.Count == 0)
            return;
        // The write is durable, because a warning that comes back after a power failure would permit a stop without a new one.
        database.WriteDurably(session =>
        {
            long number = session.Account(account);
            foreach (Guid spell in spells)
                session.Sql("DELETE FROM idle_warning WHERE account = ?1 AND spell = ?2").Run(number, Key(spell));
            return spells.Count;
        });
    }

    public WarningClaim Claim(string account, string id, DateTimeOffset since, DateTimeOffset confirmedAt, TimeSpan validFor, out Guid spell)
    {
        (WarningClaim claim, Guid key) = database.Write(session =>
        {
            long number = session.Account(account);
            DateTimeOffset now = DateTimeOffset.UtcNow;
            session.Sql("DELETE FROM idle_warning WHERE confirmed < ?1").Run(Retention.Before(confirmedAt, s_kept));
            Statement row = session.Sql(One).Bind(number, id);
            if (!row.Step())
            {
                Guid made = Guid.NewGuid();
                session.Sql(Insert).Run(number, id, Key(made), since, confirmedAt, ProcessIdentity.Current, now, Milliseconds(validFor));
                return (WarningClaim.Granted, made);
            }
            bool isKnown = Guid.TryParseExact(row.Text(0), "N", out Guid found);
            bool isDelivered = !row.IsNull(1);
            bool isHeld = !row.IsNull(3) && Claims.Holds(row.TextOrNull(2), row.Time(3), row.Long(4), now);
            row.Reset();
            if (!isKnown)
                throw new FormatException("A warning has no spell.");
            if (isDelivered || isHeld)
                return (isDelivered ? WarningClaim.Delivered : WarningClaim.Held, found);
            session.Sql(Take).Run(number, id, ProcessIdentity.Current, now, Milliseconds(validFor));
            return (WarningClaim.Granted, found);
        });
        spell = key;
        return claim;
    }

    public bool Delivered(string account, Guid spell, DateTimeOffset at) =>
        database.Write(session => session.Sql("UPDATE idle_warning SET delivered = coalesce(delivered, ?3), owner = NULL WHERE account = ?1 AND spell = ?2").Run(session.Account(account), Key(spell), at)) > 0;

    public void Release(string account, Guid spell) =>
        database.Write(session => session.Sql("UPDATE idle_warning SET owner = NULL WHERE account = ?1 AND spell = ?2 AND owner = ?3").Run(session.Account(account), Key(spell), ProcessIdentity.Current));

    private static string Key(Guid spell) => spell.ToString("N");

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
