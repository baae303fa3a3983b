using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Postgres.Cleanup;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Notes;

/// <summary>Stores the notes, which hold for every host of the team.</summary>
internal sealed class NoteList(Database database) : INotes
{
    private const string OfInstances = NoteRows.Select + "n.service = $1 AND n.instance IS NOT NULL";

    private const string HolderInService = NoteRows.Select + "n.service = $1 AND n.name_key = $2 AND n.gone_since IS NULL ORDER BY coalesce(a.digest = $3, false) DESC";

    private const string Upsert = """
        INSERT INTO pulserun.note AS old (service, account, instance, name, name_key, tags, expires_at, at_expiry, off_since, bound_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        ON CONFLICT (service, instance) WHERE instance IS NOT NULL DO UPDATE SET account = coalesce(old.account, excluded.account), name = excluded.name, name_key = excluded.name_key, tags = excluded.tags,
            expires_at = excluded.expires_at, at_expiry = excluded.at_expiry, off_since = excluded.off_since, changed_at = excluded.changed_at
        """;

    private const string UpsertProtection = """
        INSERT INTO pulserun.note (service, account, instance, protected_at, protected_until, protect_reason, bound_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $4, $4)
        ON CONFLICT (service, instance) WHERE instance IS NOT NULL DO UPDATE SET protected_at = excluded.protected_at, protected_until = excluded.protected_until, protect_reason = excluded.protect_reason
        """;

    private const string ClearProtection = "UPDATE pulserun.note SET protected_at = NULL, protected_until = NULL, protect_reason = NULL WHERE protected_at IS NOT NULL AND ";

    /// <summary>Selects the protections in effect. The one of an id that lasts longest comes last and is used.</summary>
    private const string Holding = """
        SELECT instance, protect_reason, protected_until, protected_at FROM pulserun.protections($1) ORDER BY instance, protected_until NULLS LAST
        """;

    private const string MoveNote = """
        UPDATE pulserun.note SET instance = $2, account = $3, gone_since = NULL, removed = false, bound_at = $4, changed_at = $4,
            protected_at = coalesce(protected_at, $5), protected_until = CASE WHEN protected_at IS NULL THEN $6 ELSE protected_until END, protect_reason = CASE WHEN protected_at IS NULL THEN $7 ELSE protect_reason END
        WHERE id = $1
        """;

    private const string TakeAccount = """
        UPDATE pulserun.note n SET account = $2 WHERE n.id = $1
            AND NOT EXISTS (SELECT 1 FROM pulserun.note o WHERE o.account = $2 AND o.name_key = n.name_key AND o.id <> n.id AND o.gone_since IS NULL AND n.gone_since IS NULL)
        """;

    /// <summary>A list may lack a new instance for this time.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromMinutes(1);

    /// <summary>A list may still show an instance for this time after it was removed from here.</summary>
    private static readonly TimeSpan s_lastSight = TimeSpan.FromMinutes(10);

    public IReadOnlyDictionary<string, InstanceNote> Living(string service) => database.Read(session =>
        NoteRows.Read(session, OfInstances + " AND n.gone_since IS NULL", service).ToDictionary(static one => one.Note.Id, static one => one.Note, StringComparer.Ordinal));

    public IReadOnlyList<InstanceNote> All(string service) => database.Read(session => NoteRows.Read(session, OfInstances + " ORDER BY n.id", service).ConvertAll(static one => one.Note));

    public IReadOnlyList<InstanceNote> Open(string service) => database.Read(session =>
        NoteRows.Read(session, NoteRows.Select + "n.service = $1 AND n.instance IS NULL AND n.gone_since IS NULL ORDER BY n.id", service).ConvertAll(static one => one.Note));

    public InstanceNote? Get(string service, string id) => database.Read(session => NoteRows.Find(session, service, id)?.Note);

    public InstanceNote? Named(NoteScope scope, string name) => database.Read(session =>
        NoteRows.Read(session, HolderInService, scope.Service, NoteRows.Key(name), scope.Account) is { Count: > 0 } found ? found[0].Note : null);

    public InstanceNote Change(NoteScope scope, string id, NoteChange change, DateTimeOffset now) => Alone(scope, (session, account) =>
    {
        InstanceNote old = NoteRows.Find(session, scope.Service, id)?.Note ?? new InstanceNote { Id = id, Account = scope.Account };
        InstanceNote note = old.With(change);
        if (NoteRules.WrongTags(note.Tags) is { } wrong)
            throw Refused("Tag", wrong);
        if (change.Name?.Value is { } name && NoteRows.Holder(session, account, name) is { } holder && holder.Note.Id != id)
            throw NoteRows.Taken(name, holder.Note);
        session.Run(Upsert, scope.Service, account, id, note.Name, NoteRows.Key(note.Name), NoteRows.Lines(note.Tags), note.ExpiresAt, (int)note.AtExpiry, note.StoppedForOffHoursOf, now);
        return note;
    });

    public InstanceNote Move(NoteScope scope, string id, string toId, DateTimeOffset now) => Alone(scope, (session, account) =>
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
            session.Run("DELETE FROM pulserun.note WHERE id = $1", to.Row);
        }
        if (from.Note.GoneSince is not null)
            NoteRows.Return(session, from.Row);
        session.Run(MoveNote, from.Row, toId, account, now, kept?.CreatedAt, kept?.Until, kept?.Reason);
        return NoteRows.Find(session, scope.Service, toId)!.Value.Note;
    });

    public void Seen(NoteScope scope, IReadOnlyCollection<string> ids, DateTimeOffset requestedAt)
    {
        ISet<string> listed = ids as ISet<string> ?? new HashSet<string>(ids, StringComparer.Ordinal);
        // Most lists change nothing. Then nothing is written, and no writer waits.
        if (database.Read(session => Apply(session, scope, listed, requestedAt, account: null)))
            Alone(scope, (session, account) => Apply(session, scope, listed, requestedAt, account));
    }

    public void MarkRemoved(NoteScope scope, string id, DateTimeOffset now) => database.Write(session =>
        session.Run("UPDATE pulserun.note SET gone_since = coalesce(gone_since, $3), removed = true WHERE service = $1 AND instance = $2", scope.Service, id, now));

    public bool TryClaimWarning(NoteScope scope, string id, DateTimeOffset expiresAt, TimeSpan validFor) => database.Write(session =>
    {
        bool isKnown = false, isHeld = false;
        session.Each("SELECT warned_for, warn_owner, warn_claimed, warn_valid FROM pulserun.note WHERE service = $1 AND instance = $2 FOR UPDATE", row =>
        {
            isKnown = true;
            bool isSame = row.TimeOrNull(0)?.ToUnixTimeMilliseconds() == expiresAt.ToUnixTimeMilliseconds();
            isHeld = isSame && (row.IsNull(1) || Claims.Holds(row.Text(1), row.Time(2), row.Long(3), session.Now));
        }, scope.Service, id);
        return isKnown && !isHeld && session.Run("UPDATE pulserun.note SET warned_for = $3, warn_owner = $4, warn_claimed = $5, warn_valid = $6 WHERE service = $1 AND instance = $2",
            scope.Service, id, expiresAt, HostIdentity.Process, session.Now, (long)validFor.TotalMilliseconds) == 1;
    });

    public void EndWarning(NoteScope scope, string id, DateTimeOffset expiresAt, bool wasSent) => database.Write(session =>
        session.Run("UPDATE pulserun.note SET warn_owner = NULL, warned_for = CASE WHEN $4 THEN warned_for ELSE NULL END WHERE service = $1 AND instance = $2 AND warned_for = $3", scope.Service, id, expiresAt, wasSent));

    public Protection Protect(NoteScope scope, string id, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        Alone(scope, (session, account) =>
        {
            session.Run(ClearProtection + "(instance = $1 OR account = $2 AND protected_until <= $3)", id, account, now);
            NoteRows.DeleteEmpty(session, id);
            return session.Run(UpsertProtection, scope.Service, account, id, now, until, reason);
        });
        return new Protection { Id = id, Reason = reason, Until = until, CreatedAt = now };
    }

    public bool Unprotect(string id) => database.Write(session =>
    {
        int cleared = session.Run(ClearProtection + "instance = $1", id);
        NoteRows.DeleteEmpty(session, id);
        return cleared > 0;
    });

    public IReadOnlyDictionary<string, Protection> Protections(DateTimeOffset now) => database.Read(session =>
    {
        var held = new Dictionary<string, Protection>(StringComparer.Ordinal);
        session.Each(Holding, row =>
        {
            string id = row.Text(0);
            held[id] = new Protection { Id = id, Reason = row.TextOrNull(1), Until = row.TimeOrNull(2), CreatedAt = row.Time(3) };
        }, now);
        return held;
    });

    /// <summary>Compares the notes with a list. Returns true when a note changes, or is old enough to be deleted. Writes when an account is given.</summary>
    private static bool Apply(Session session, NoteScope scope, ISet<string> listed, DateTimeOffset requestedAt, int? account)
    {
        bool changes = false;
        foreach ((long row, InstanceNote note, DateTimeOffset at) in NoteRows.Read(session, OfInstances, scope.Service))
        {
            bool isListed = listed.Contains(note.Id);
            if (isListed && note.Account != scope.Account)
            {
                changes = true;
                if (account is not null)
                    session.Run(TakeAccount, row, account);
            }
            if (isListed && note.GoneSince is { } gone && !(note.WasRemoved && (requestedAt - gone).Duration() < s_lastSight))
            {
                changes = true;
                if (account is not null)
                    NoteRows.Return(session, row);
            }
            if (!isListed && note.GoneSince is null && note.Account == scope.Account && at <= requestedAt - s_lag)
            {
                changes = true;
                if (account is not null)
                    session.Run("UPDATE pulserun.note SET gone_since = $2 WHERE id = $1 AND gone_since IS NULL", row, requestedAt);
            }
            changes |= NoteRows.IsOld(session, note, requestedAt);
        }
        if (account is not null)
            NoteRows.DeleteOld(session, requestedAt);
        return changes;
    }

    /// <summary>Runs work on the notes of an account, one after another with other hosts and with the launches that write notes.</summary>
    private T Alone<T>(NoteScope scope, Func<Session, int, T> work) => database.Write(session =>
    {
        int account = session.Account(scope);
        session.Lock(AccountLock.Launches, account);
        return work(session, account);
    });

    private static PulseRunException Refused(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + " Nothing was changed.") { Field = field };
}
