using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Launch;
using PulseRun.Store.Postgres.Notes;

namespace PulseRun.Store.Postgres;

/// <summary>Takes over the notes of an account: names, tags, lifetimes and protections. They are one transaction with their progress.</summary>
internal static class NoteImport
{
    private const string Insert = """
        INSERT INTO pulserun.note (service, account, instance, intent, name, name_key, tags, launched_by, lifetime, expires_at, at_expiry, off_since, gone_since, removed, bound_at, changed_at,
            protected_at, protected_until, protect_reason, warned_for)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING
        """;

    private const string Protect = "UPDATE pulserun.note SET protected_at = $3, protected_until = $4, protect_reason = $5 WHERE service = $1 AND instance = $2 AND protected_at IS NULL";

    /// <summary>Takes over what was written since the last import of the same file. So a protection that the team has ended since does not come back, and what the team has noted of an instance stays.</summary>
    public static NoteCount Run(Database database, string source, string account, IReadOnlyList<StoredNote> notes)
    {
        string step = "notes " + account;
        return notes.Count == 0 ? default : database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Launches, number);
            DateTimeOffset upTo = DateTimeOffset.FromUnixTimeMilliseconds(session.One(StoreImport.SelectProgress, source, step) is long known ? known : 0);
            NoteCount count = default;
            foreach (StoredNote one in notes.Where(note => note.LatestAt > upTo))
                count += Take(session, number, account, one);
            session.Run(StoreImport.SaveProgress, source, step, notes.Max(static note => note.LatestAt), count.Notes + count.Protections);
            return count;
        });
    }

    private static NoteCount Take(Session session, int number, string account, StoredNote stored)
    {
        InstanceNote note = stored.Note;
        Protection? protection = note.Protection is { } held && (held.Until is null || held.Until > session.Now) ? held : null;
        if (note.IsEmpty && protection is null)
            return default;
        if (stored.Service.Length > 0)
            session.Account(new NoteScope(stored.Service, account));
        else if (protection is not null && session.One("SELECT 1 FROM pulserun.note WHERE instance = $1 AND protected_at IS NOT NULL", note.Id) is not null)
            return default;
        string? instance = note.Id.Length > 0 ? note.Id : null;
        // The team's names are unique: the one that is there already stays, and the other instance keeps the rest of its note.
        bool isTaken = note is { Name: { } name, GoneSince: null } && NoteRows.Holder(session, number, name) is { } holder && (instance is null || holder.Note.Id != instance);
        string? kept = isTaken ? null : note.Name;
        int added = session.Run(
            Insert, stored.Service, number, instance, note.IntentId, kept, NoteRows.Key(kept), NoteRows.Lines(note.Tags), note.LaunchedBy, LaunchRows.Milliseconds(stored.Lifetime), note.ExpiresAt,
            (int)note.AtExpiry, note.StoppedForOffHoursOf, note.GoneSince, note.WasRemoved, stored.BoundAt, stored.ChangedAt, protection?.CreatedAt, protection?.Until, protection?.Reason,
            note.WasWarned ? note.ExpiresAt : null);
        if (added == 1)
            return new NoteCount(note.IsEmpty ? 0 : 1, protection is null ? 0 : 1, isTaken ? 1 : 0);
        return protection is null ? default : new NoteCount(0, session.Run(Protect, stored.Service, instance, protection.CreatedAt, protection.Until, protection.Reason), 0);
    }
}

/// <summary>Counts what was taken over.</summary>
/// <param name="Notes">The notes with a name, tags, a lifetime or the person who launched.</param>
/// <param name="Protections">The protections.</param>
/// <param name="NamesTaken">The names that were left out, because another instance of the team has them.</param>
internal readonly record struct NoteCount(long Notes, long Protections, long NamesTaken)
{
    public static NoteCount operator +(NoteCount one, NoteCount other) => new(one.Notes + other.Notes, one.Protections + other.Protections, one.NamesTaken + other.NamesTaken);
}
