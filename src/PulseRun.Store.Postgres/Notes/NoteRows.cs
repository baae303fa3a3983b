using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Postgres.Connection;
using Row = PulseRun.Store.Postgres.Connection.Row;

namespace PulseRun.Store.Postgres.Notes;

/// <summary>Maps notes to the rows of the table <c>note</c>, and writes the notes of launches for the journal, inside its transactions.</summary>
internal static class NoteRows
{
    /// <summary>Selects notes with the digest of their account. A condition follows.</summary>
    public const string Select = """
        SELECT n.id, a.digest, n.instance, n.intent, n.name, n.tags, n.launched_by, n.expires_at, n.at_expiry, n.gone_since, n.removed, n.off_since, n.protected_at, n.protected_until, n.protect_reason, n.bound_at,
            n.warned_for IS NOT NULL AND n.warned_for = n.expires_at AND n.warn_owner IS NULL
        FROM pulserun.note n LEFT JOIN pulserun.account a ON a.id = n.account WHERE
        """ + " ";

    private const string HolderOfName = Select + "n.account = $1 AND n.name_key = $2 AND n.gone_since IS NULL";

    private const string InsertForLaunch = """
        INSERT INTO pulserun.note (service, account, intent, name, name_key, tags, launched_by, lifetime, expires_at, at_expiry, bound_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
        """;

    /// <summary>Joins the note that an instance got before its launch was resolved into the note of the launch. What was set on the instance comes first.</summary>
    private const string Join = """
        UPDATE pulserun.note SET name = coalesce($2, name), name_key = coalesce($3, name_key), tags = $4, expires_at = coalesce($5::bigint, expires_at), at_expiry = CASE WHEN $5::bigint IS NULL THEN at_expiry ELSE $6 END,
            protected_at = $7, protected_until = $8, protect_reason = $9 WHERE id = $1
        """;

    /// <summary>Makes a note hold again. Its name is dropped when another instance has it now.</summary>
    private const string Revive = """
        UPDATE pulserun.note n SET gone_since = NULL, removed = false, name = CASE WHEN taken.yes THEN NULL ELSE n.name END, name_key = CASE WHEN taken.yes THEN NULL ELSE n.name_key END
        FROM (SELECT EXISTS (SELECT 1 FROM pulserun.note n JOIN pulserun.note o ON o.account = n.account AND o.name_key = n.name_key AND o.id <> n.id AND o.gone_since IS NULL WHERE n.id = $1) AS yes) taken
        WHERE n.id = $1
        """;

    /// <summary>The time for which a note outlives its instance, for the costs by tag.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    /// <summary>Returns the form of a name that is equal for names which differ in case only.</summary>
    public static string? Key(string? name) => name?.ToUpperInvariant();

    public static string? Lines(IReadOnlyDictionary<string, string> tags) => tags.Count == 0 ? null : TagSet.ToLines(tags);

    /// <summary>Runs a query of notes.</summary>
    public static List<NoteRow> Read(Session session, string sql, params object?[] values) =>
        session.All(sql, static row => new NoteRow(row.Long(0), Note(row), row.Time(15)), values);

    /// <summary>Returns the note of an instance; null when there is none.</summary>
    public static NoteRow? Find(Session session, string service, string id) => First(session, Select + "n.service = $1 AND n.instance = $2", service, id);

    /// <summary>Returns the note that holds a name in an account; null when the name is free.</summary>
    public static NoteRow? Holder(Session session, int account, string name) => First(session, HolderOfName, account, Key(name));

    /// <summary>Returns the error for a name that is taken.</summary>
    public static PulseRunException Taken(string name, InstanceNote holder) => new(ErrorIds.InvalidRequest, "The name '" + CleanText.Clean(name, NoteRules.MaxNameLength) + "' "
        + (holder.Id.Length > 0 ? "belongs to instance " + holder.Id : "belongs to the open launch " + holder.IntentId + ", whose outcome Resolve-PRLaunch finds out") + ". Nothing was changed.")
    {
        Field = "Name",
        Advice = "Choose another name. If the instance no longer exists, run Get-PRInstance once: a list that lacks the instance frees its name.",
    };

    /// <summary>Writes the note of a launch that is about to begin. Returns the error when its name is taken.</summary>
    public static PulseRunException? Begin(Session session, string account, LaunchRecord intent, LaunchNote note)
    {
        int number = session.Account(new NoteScope(note.Service, account));
        session.Lock(AccountLock.Launches, number);
        if (note.Name is { } name && Holder(session, number, name) is { } holder)
            return Taken(name, holder.Note);
        session.Run(InsertForLaunch, note.Service, number, intent.IntentId, note.Name, Key(note.Name), Lines(note.Tags), note.LaunchedBy, Milliseconds(note.Lifetime), intent.RequestedAt + note.Lifetime,
            (int)note.AtExpiry, intent.RequestedAt);
        return null;
    }

    /// <summary>Starts the lifetime of a launch that is being sent.</summary>
    public static void Sent(Session session, Guid intent, DateTimeOffset sentAt) =>
        session.Run("UPDATE pulserun.note SET bound_at = $2, expires_at = $2 + lifetime WHERE intent = $1 AND instance IS NULL", intent, sentAt);

    /// <summary>Binds the note of a launch to its instance.</summary>
    public static void Bind(Session session, Guid intent, string instance)
    {
        List<(long Row, string Service, string? Bound, bool IsGone, DateTimeOffset Since)> found = session.All("SELECT id, service, instance, gone_since IS NOT NULL, bound_at FROM pulserun.note WHERE intent = $1",
            static row => (row.Long(0), row.Text(1), row.TextOrNull(2), row.Flag(3), row.Time(4)), intent);
        if (found.Count == 0 || found[0].Bound is not null)
            return;
        if (Find(session, found[0].Service, instance) is { } earlier)
            Merge(session, found[0].Row, earlier, found[0].Since);
        session.Run("UPDATE pulserun.note SET instance = $2 WHERE id = $1", found[0].Row, instance);
        if (found[0].IsGone)
            Return(session, found[0].Row);
    }

    /// <summary>Frees the name of a launch that did not happen, or whose instance has ended.</summary>
    public static void End(Session session, Guid intent, DateTimeOffset now) =>
        session.Run("UPDATE pulserun.note SET gone_since = $2, removed = true WHERE intent = $1 AND gone_since IS NULL", intent, now);

    /// <summary>Makes the note of a launch hold again, because the launch may have happened.</summary>
    public static void Reopen(Session session, Guid intent)
    {
        if (session.One("SELECT id FROM pulserun.note WHERE intent = $1 AND gone_since IS NOT NULL", intent) is long row)
            Return(session, row);
    }

    public static void Return(Session session, long row) => session.Run(Revive, row);

    /// <summary>Deletes the notes of instances that have been gone for 90 days, except those with a protection.</summary>
    public static void DeleteOld(Session session, DateTimeOffset now) =>
        session.Run("DELETE FROM pulserun.note WHERE gone_since < $1 AND protected_at IS NULL", Expiry.Before(now, session.Now, s_kept));

    /// <summary>Returns true when <see cref="DeleteOld"/> deletes a note.</summary>
    public static bool IsOld(Session session, InstanceNote note, DateTimeOffset now) => note.Protection is null && note.GoneSince < Expiry.Before(now, session.Now, s_kept);

    /// <summary>Deletes notes of an instance that say nothing.</summary>
    public static void DeleteEmpty(Session session, string id) => session.Run("""
        DELETE FROM pulserun.note WHERE instance = $1 AND intent IS NULL AND name IS NULL AND tags IS NULL AND launched_by IS NULL AND expires_at IS NULL AND protected_at IS NULL
        """, id);

    /// <summary>Deletes the note that an instance had before its launch was resolved, and keeps what it says if it was written after the launch. An older one is that of another instance with the same id, of an emulator for example.</summary>
    private static void Merge(Session session, long row, NoteRow earlier, DateTimeOffset launchedAt)
    {
        bool isOfThis = session.One("SELECT changed_at FROM pulserun.note WHERE id = $1", earlier.Row) is long changed && changed >= launchedAt.ToUnixTimeMilliseconds();
        InstanceNote own = First(session, Select + "n.id = $1", row)!.Value.Note;
        session.Run("DELETE FROM pulserun.note WHERE id = $1", earlier.Row);
        if (!isOfThis)
            return;
        InstanceNote note = earlier.Note;
        string? tags = Lines(own.With(new NoteChange { Tags = note.Tags }).Tags);
        session.Run(Join, row, note.Name, Key(note.Name), tags, note.ExpiresAt, (int)note.AtExpiry, note.Protection?.CreatedAt, note.Protection?.Until, note.Protection?.Reason);
    }

    private static NoteRow? First(Session session, string sql, params object?[] values)
    {
        List<NoteRow> found = Read(session, sql, values);
        return found.Count == 0 ? null : found[0];
    }

    private static InstanceNote Note(Row row)
    {
        string id = row.TextOrNull(2) ?? "";
        return new InstanceNote
        {
            Account = row.TextOrNull(1),
            Id = id,
            IntentId = row.IsNull(3) ? null : row.Id(3),
            Name = row.TextOrNull(4),
            Tags = row.TextOrNull(5) is { } lines ? TagSet.FromLines(lines) : InstanceNote.NoTags,
            LaunchedBy = row.TextOrNull(6),
            ExpiresAt = row.TimeOrNull(7),
            AtExpiry = row.Int(8) switch
            {
                0 => ExpiryAction.Stop,
                1 => ExpiryAction.Remove,
                _ => throw new FormatException("a value is not an action at the end of a lifetime."),
            },
            GoneSince = row.TimeOrNull(9),
            WasRemoved = row.Flag(10),
            StoppedForOffHoursOf = row.TimeOrNull(11),
            WasWarned = row.FlagOrNull(16) == true,
            Protection = row.IsNull(12) ? null : new Protection { Id = id, CreatedAt = row.Time(12), Until = row.TimeOrNull(13), Reason = row.TextOrNull(14) },
        };
    }

    private static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;
}

/// <summary>Represents a note with its row.</summary>
/// <param name="Row">The number of the row.</param>
/// <param name="Note">The note.</param>
/// <param name="BoundAt">The time from which the instance is expected in lists.</param>
internal readonly record struct NoteRow(long Row, InstanceNote Note, DateTimeOffset BoundAt);
