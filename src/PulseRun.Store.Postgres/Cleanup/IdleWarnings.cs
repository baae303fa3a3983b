using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Cleanup;

/// <summary>Stores the warnings of all hosts: of two that are about to warn of one instance, one does.</summary>
internal sealed class IdleWarnings(Database database) : IIdleWarnings
{
    /// <summary>The time after which the warning of an instance that is no longer observed is deleted.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    public IReadOnlyDictionary<string, IdleWarning> Get(string account) =>
        database.Read(session =>
        {
            var warnings = new Dictionary<string, IdleWarning>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                session.Each("SELECT instance, spell, since, confirmed, delivered FROM pulserun.idle_warning WHERE account = $1", row =>
                {
                    if (Guid.TryParseExact(row.Text(1), "N", out Guid spell))
                        warnings[row.Text(0)] = new IdleWarning(spell, row.Time(2), row.Time(3), row.TimeOrNull(4));
                }, number);
            }
            return warnings;
        });

    public void Confirm(string account, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> spells)
    {
        if (spells.Count == 0)
            return;
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Warnings, number);
            return session.Run("""
                UPDATE pulserun.idle_warning w SET confirmed = greatest(w.confirmed, given.confirmed) FROM unnest($2::text[], $3::bigint[]) AS given (spell, confirmed)
                WHERE w.account = $1 AND w.spell = given.spell
                """, number, spells.Select(static one => Key(one.Key)).ToArray(), spells.Select(static one => one.Value.ToUnixTimeMilliseconds()).ToArray());
        });
    }

    public void End(string account, IReadOnlyCollection<Guid> spells)
    {
        if (spells.Count == 0)
            return;
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Warnings, number);
            return session.Run("DELETE FROM pulserun.idle_warning WHERE account = $1 AND spell = ANY($2)", number, spells.Select(Key).ToArray());
        });
    }

    public WarningClaim Claim(string account, string id, DateTimeOffset since, DateTimeOffset confirmedAt, TimeSpan validFor, out Guid spell)
    {
        (WarningClaim claim, Guid key) = database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Warnings, number);
            long valid = (long)validFor.TotalMilliseconds;
            session.Run("DELETE FROM pulserun.idle_warning WHERE account = $1 AND confirmed < $2", number, Expiry.Before(confirmedAt, session.Now, s_kept));
            List<Held> found = session.All("SELECT spell, delivered, owner, claimed, valid FROM pulserun.idle_warning WHERE account = $1 AND instance = $2",
                static row => new Held(row.Text(0), !row.IsNull(1), row.TextOrNull(2), row.TimeOrNull(3), row.LongOrNull(4) ?? 0), number, id);
            if (found.Count == 0)
            {
                Guid made = Guid.NewGuid();
                session.Run("INSERT INTO pulserun.idle_warning (account, instance, spell, since, confirmed, owner, claimed, valid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    number, id, Key(made), since, confirmedAt, HostIdentity.Process, session.Now, valid);
                return (WarningClaim.Granted, made);
            }
            Held held = found[0];
            if (!Guid.TryParseExact(held.Spell, "N", out Guid known))
                throw new FormatException("a warning has no spell.");
            if (held.IsDelivered)
                return (WarningClaim.Delivered, known);
            if (held.Claimed is { } claimed && Claims.Holds(held.Owner, claimed, held.Valid, session.Now))
                return (WarningClaim.Held, known);
            session.Run("UPDATE pulserun.idle_warning SET owner = $3, claimed = $4, valid = $5 WHERE account = $1 AND instance = $2", number, id, HostIdentity.Process, session.Now, valid);
            return (WarningClaim.Granted, known);
        });
        spell = key;
        return claim;
    }

    public bool Delivered(string account, Guid spell, DateTimeOffset at) =>
        database.Write(session => session.Run("UPDATE pulserun.idle_warning SET delivered = coalesce(delivered, $3), owner = NULL WHERE account = $1 AND spell = $2", session.Account(account), Key(spell), at)) > 0;

    public void Release(string account, Guid spell) =>
        database.Write(session => session.Run("UPDATE pulserun.idle_warning SET owner = NULL WHERE account = $1 AND spell = $2 AND owner = $3", session.Account(account), Key(spell), HostIdentity.Process));

    private static string Key(Guid spell) => spell.ToString("N");

    private sealed record Held(string Spell, bool IsDelivered, string? Owner, DateTimeOffset? Claimed, long Valid);
}
