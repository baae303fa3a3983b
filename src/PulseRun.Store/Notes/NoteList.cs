using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Cleanup;
using PulseRun.Store.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Notes;

/// <summary>Stores the notes in the database. Writes are durable, because the next cleanup would act by a note that a power failure had undone.</summary>
internal sealed class NoteList(Database database, NoteMarker marker) : INotes
{
    private const string OfInstances = NoteRows.Select + "n.service = ?1 AND n.instance IS NOT NULL";

    /// <summary>Selects of the notes only what a list is compared with, because most lists are read for nothing else.</summary>
    private const string Sightings = """
        SELECT n.id, n.instance, a.digest IS ?2, n.gone_since, n.removed, n.bound_at, n.protected_at IS NOT NULL
        FROM note n LEFT JOIN account a ON a.id = n.account WHERE n.service = ?1 AND n.instance IS NOT NULL
        """;

    private const string HolderInService = NoteRows.Select + "n.service = ?1 AND n.name_key = ?2 AND n.gone_since IS NULL ORDER BY a.digest = ?3 DESC";

    private const string Upsert = """
        INSERT INTO note (service, account, instance, name, name_key, tags, expires_at, at_expiry, off_since, bound_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
        ON CONFLICT (service, instance) WHERE instance IS NOT NULL DO UPDATE SET account = coalesce(account, excluded.account), name = excluded.name, name_key = excluded.name_key, tags = excluded.tags,
            expires_at = excluded.expires_at, at_expiry = excluded.at_expiry, off_since = excluded.off_since, changed_at = excluded.changed_at
        """;

    private const string UpsertProtection = """
        INSERT INTO note (service, account, instance, protected_at, protected_until, protect_reason, bound_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, ?4)
        ON CONFLICT (service, instance) WHERE instance IS NOT NULL DO UPDATE SET protected_at = excluded.protected_at, protected_until = excluded.protected_until, protect_reason = excluded.protect_reason
        """;

    private const string ClearProtection = "UPDATE note SET protected_at = NULL, protected_until = NULL, protect_reason = NULL WHERE protected_at IS NOT NULL AND ";

    /// <summary>Selects the protections in effect. The one of an id that lasts longest comes last and is used.</summary>
    private const string Holding = """
        SELECT instance, protect_reason, protected_until, protected_at FROM note
        WHERE protected_at IS NOT NULL AND instance IS NOT NULL AND (protected_until IS NULL OR protected_until > ?1) ORDER BY instance, protected_until IS NULL, protected_until
        """;

    private const string MoveNote = """
        UPDATE note SET instance = ?2, account = ?3, gone_since = NULL, removed = 0, bound_at = ?4, changed_at = ?4,
            protected_at = coalesce(protected_at, ?5), protected_until = CASE WHEN protected_at IS NULL THEN ?6 ELSE protected_until END, protect_reason = CASE WHEN protected_at IS NULL THEN ?7 ELSE protect_reason END
        WHERE id = ?1
        """;

    /// <summary>A list may lack a new instance for this time.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromMinutes(1);

    /// <summary>A list may still show an instance for this time after it was removed from here.</summary>
    private static readonly TimeSpan s_lastSight = TimeSpan.FromMinutes(10);

    public IReadOnlyDictionary<string, InstanceNote> Living(string service) => database.Read(session =>
        NoteRows.Read(session.Sql(OfInstances + " AND n.gone_since IS NULL").Bind(service)).ToDictionary(static one => one.Note.Id, static one => one.Note, StringComparer.Ordinal));

    public IReadOnlyList<InstanceNote> All(string service) => database.Read(session =>
        NoteRows.Read(session.Sql(OfInstances + " ORDER BY n.id").Bind(service)).ConvertAll(static one => one.Note));

    public IReadOnlyList<InstanceNote> Open(string service) => database.Read(session =>
        NoteRows.Read(session.Sql(NoteRows.Select + "n.service = ?1 AND n.instance IS NULL AND n.gone_since IS NULL ORDER BY n.id").Bind(service)).ConvertAll(static one => one.Note));

    public InstanceNote? Get(string service, string id) => database.Read(session => NoteRows.Find(session, service, id)?.Note);

    public InstanceNote? Named(NoteScope scope, string name) => database.Read(session =>
        NoteRows.Read(session.Sql(HolderInService).Bind(scope.Service, NoteRows.Key(name), scope.Account)) is { Count: > 0 } found ? found[0].Note : null);

    public InstanceNote Change(NoteScope scope, string id, NoteChange change, DateTimeOffset now) => database.WriteDurably(session =>
    {
        long account = session.Account(scope);
        InstanceNote old = NoteRows.Find(session, scope.Service, id)?.Note ?? new InstanceNote { Id = id, Account = scope.Account };
        InstanceNote note = old.With(change);
        if (NoteRules.WrongTags(note.Tags) is { } wrong)
            throw Refused("Tag", wrong);
        if (change.Name?.Value is { } name && NoteRows.Holder(session, account, name) is { } holder && holder.Note.Id != id)
            throw NoteRows.Taken(name, holder.Note);
        marker.Set();
        session.Sql(Upsert).Run(scope.Service, account, id, note.Name, NoteRows.Key(note.Name), NoteRows.Lines(note.Tags), note.ExpiresAt, (int)note.AtExpiry, note.StoppedForOffHoursOf, now);
        return note;
    });

    public InstanceNote Move(NoteScope scope, string id, string toId, DateTimeOffset now) => database.WriteDurably(session =>
    {
        if (NoteRows.Find(session, scope.Service, id) is not { } from)
            throw Refused("Id", "there is no note of " + CleanText.Clean(id, 64) + ".");
        if (id == toId)
            throw Refused("MoveNoteTo", "the note of " + CleanText.Clean(id, 64) + " is there already.");
        Protection? kept = null;
        if (NoteRows.Find(session, scope.Service, toId) is { } to)
        {
            if (to.Note.Name is not null || to.Note.Tags.Count > 0 || to.Note.ExpiresAt is not null)
                throw Refused("MoveNoteTo", CleanText.Clean(toId, 64) + " has a name, tags or a lifetime of its own. Clear them with Set-PRInstance first.");
            kept = to.Note.Protection;
            session.Sql("DELETE FROM note WHERE id = ?1").Run(to.Row);
        }
        long account = session.Account(scope);
        if (from.Note.GoneSince is not null)
            NoteRows.Return(session, from.Row);
        session.Sql(MoveNote).Run(from.Row, toId, account, now, kept?.CreatedAt, kept?.Until, kept?.Reason);
        return NoteRows.Find(session, scope.Service, toId)!.Value.Note;
    });

    public void Seen(NoteScope scope, IReadOnlyCollection<string> ids, DateTimeOffset requestedAt)
    {
        ISet<string> listed = ids as ISet<string> ?? new HashSet<string>(ids, StringComparer.Ordinal);
        // Most lists change nothing. Then nothing is written, and no writer waits.
        if (!database.Read(session => Apply(session, scope, listed, requestedAt, write: false)))
            return;
        database.Write(session => Apply(session, scope, listed, requestedAt, write: true));
    }

    public void MarkRemoved(NoteScope scope, string id, DateTimeOffset now) => database.WriteDurably(session =>
        session.Sql("UPDATE note SET gone_since = coalesce(gone_since, ?3), removed = 1 WHERE service = ?1 AND instance = ?2").Run(scope.Service, id, now));

    public bool TryClaimWarning(NoteScope scope, string id, DateTimeOffset expiresAt, TimeSpan validFor) => database.WriteDurably(session =>
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Statement row = session.Sql("SELECT warned_for, warn_owner, warn_claimed, warn_valid FROM note WHERE service = ?1 AND instance = ?2").Bind(scope.Service, id);
        if (!row.Step())
            return false;
        bool isSame = row.TimeOrNull(0)?.ToUnixTimeMilliseconds() == expiresAt.ToUnixTimeMilliseconds();
        bool isHeld = isSame && (row.IsNull(1) || Claims.Holds(row.Text(1), row.Time(2), row.Long(3), now));
        row.Reset();
        return !isHeld && session.Sql("UPDATE note SET warned_for = ?3, warn_owner = ?4, warn_claimed = ?5, warn_valid = ?6 WHERE service = ?1 AND instance = ?2")
            .Run(scope.Service, id, expiresAt, ProcessIdentity.Current, now, (long)validFor.TotalMilliseconds) == 1;
    });

    public void EndWarning(NoteScope scope, string id, DateTimeOffset expiresAt, bool wasSent) => database.WriteDurably(session =>
        session.Sql("UPDATE note SET warn_owner = NULL, warned_for = CASE WHEN ?4 THEN warned_for ELSE NULL END WHERE service = ?1 AND instance = ?2 AND warned_for = ?3")
            .Run(scope.Service, id, expiresAt, wasSent));

    public Protection Protect(NoteScope scope, string id, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        database.WriteDurably(session =>
        {
            long number = session.Account(scope);
            session.Sql(ClearProtection + "(instance = ?1 OR account = ?2 AND protected_until <= ?3)").Run(id, number, now);
            NoteRows.DeleteEmpty(session, id);
            return session.Sql(UpsertProtection).Run(scope.Service, number, id, now, until, reason);
        });
        // A protection is in the main file at once, so that it is not lost with the log, which is easily left behind or deleted.
        database.MoveLogIntoFile();
        return new Protection { Id = id, Reason = reason, Until = until, CreatedAt = now };
    }

    public bool Unprotect(string id) => database.WriteDurably(session =>
    {
        int ended = session.Sql(ClearProtection + "instance = ?1").Run(id);
        NoteRows.DeleteEmpty(session, id);
        return ended;
    }) > 0;

    public IReadOnlyDictionary<string, Protection> Protections(DateTimeOffset now) => database.Read(session =>
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

    /// <summary>Compares the notes with a list. Returns true when a note changes, or is old enough to be deleted.</summary>
    private static bool Apply(Session session, NoteScope scope, ISet<string> listed, DateTimeOffset requestedAt, bool write)
    {
        List<Sighting> notes = [];
        Statement rows = session.Sql(Sightings).Bind(scope.Service, scope.Account);
        while (rows.Step())
            notes.Add(new Sighting(rows.Long(0), rows.Text(1), rows.Long(2) != 0, rows.TimeOrNull(3), rows.Long(4) != 0, rows.Time(5), rows.Long(6) != 0));
        long? account = write ? session.Account(scope) : null;
        bool changes = false;
        foreach (Sighting note in notes)
        {
            bool isListed = listed.Contains(note.Id);
            if (isListed && !note.IsOfAccount)
            {
                changes = true;
                if (write)
                    session.Sql("UPDATE OR IGNORE note SET account = ?2 WHERE id = ?1").Run(note.Row, account);
            }
            if (isListed && note.GoneSince is { } gone && !(note.WasRemoved && (requestedAt - gone).Duration() < s_lastSight))
            {
                changes = true;
                if (write)
                    NoteRows.Return(session, note.Row);
            }
            if (!isListed && note.GoneSince is null && note.IsOfAccount && note.BoundAt <= requestedAt - s_lag)
            {
                changes = true;
                if (write)
                    session.Sql("UPDATE note SET gone_since = ?2 WHERE id = ?1 AND gone_since IS NULL").Run(note.Row, requestedAt);
            }
            changes |= !note.IsProtected && NoteRows.IsOld(note.GoneSince, requestedAt);
        }
        if (write)
            NoteRows.DeleteOld(session, requestedAt);
        return changes;
    }

    private static PulseRunException Refused(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + " Nothing was changed.") { Field = field };

    private readonly record struct Sighting(long Row, string Id, bool IsOfAccount, DateTimeOffset? GoneSince, bool WasRemoved, DateTimeOffset BoundAt, bool IsProtected);
}
