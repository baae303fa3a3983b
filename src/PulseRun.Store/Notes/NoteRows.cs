using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Notes;

/// <summary>Maps notes to the rows of the table <c>note</c>, and writes the notes of launches for the journal, inside its transactions.</summary>
internal static class NoteRows
{
    /// <summary>Selects notes with the digest of their account. A condition follows.</summary>
    public const string Select = """
        SELECT n.id, a.digest, n.instance, n.intent, n.name, n.tags, n.launched_by, n.expires_at, n.at_expiry, n.gone_since, n.removed, n.off_since, n.protected_at, n.protected_until, n.protect_reason,
            n.warned_for IS NOT NULL AND n.warned_for = n.expires_at AND n.warn_owner IS NULL
        FROM note n LEFT JOIN account a ON a.id = n.account WHERE
        """ + " ";

    private const string ByInstance = Select + "n.service = ?1 AND n.instance = ?2";

    private const string HolderOfName = Select + "n.account = ?1 AND n.name_key = ?2 AND n.gone_since IS NULL";

    private const string InsertForLaunch = """
        INSERT INTO note (service, account, intent, name, name_key, tags, launched_by, lifetime, expires_at, at_expiry, bound_at, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
        """;

    private const string CopyForAttempt = """
        INSERT INTO note (service, account, intent, name, name_key, tags, launched_by, lifetime, expires_at, at_expiry, bound_at, changed_at)
        SELECT service, account, ?2, name, name_key, tags, launched_by, lifetime, expires_at, at_expiry, ?3, ?3 FROM note WHERE id = ?1
        """;

    /// <summary>Joins the note that an instance got before its launch was resolved into the note of the launch. What was set on the instance comes first.</summary>
    private const string Join = """
        UPDATE note SET name = coalesce(?2, name), name_key = coalesce(?3, name_key), tags = ?4, expires_at = coalesce(?5, expires_at), at_expiry = CASE WHEN ?5 IS NULL THEN at_expiry ELSE ?6 END,
            protected_at = ?7, protected_until = ?8, protect_reason = ?9 WHERE id = ?1
        """;

    private const string Revive = """
        UPDATE note SET gone_since = NULL, removed = 0,
            name = CASE WHEN ?2 THEN NULL ELSE name END, name_key = CASE WHEN ?2 THEN NULL ELSE name_key END
        WHERE id = ?1
        """;

    /// <summary>The time for which a note outlives its instance, for the costs by tag.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    /// <summary>Returns the form of a name that is equal for names which differ in case only.</summary>
    public static string? Key(string? name) => name?.ToUpperInvariant();

    public static string? Lines(IReadOnlyDictionary<string, string> tags) => tags.Count == 0 ? null : TagSet.ToLines(tags);

    /// <summary>Reads the rows of <see cref="Select"/>, each with its number.</summary>
    public static List<(long Row, InstanceNote Note)> Read(Statement rows)
    {
        var found = new List<(long, InstanceNote)>();
        string? account = null, lines = null;
        IReadOnlyDictionary<string, string> tags = InstanceNote.NoTags;
        while (rows.Step())
        {
            // Most notes have the account and the tags of the one before, and share them with it.
            string? digest = rows.TextOrNull(1), text = rows.TextOrNull(5);
            if (digest != account)
                account = digest;
            if (text != lines)
                (lines, tags) = (text, text is null ? InstanceNote.NoTags : TagSet.FromLines(text));
            found.Add((rows.Long(0), Note(rows, account, tags)));
        }
        return found;
    }

    /// <summary>Returns the note of an instance; null when there is none.</summary>
    public static (long Row, InstanceNote Note)? Find(Session session, string service, string id) => First(session.Sql(ByInstance).Bind(service, id));

    /// <summary>Returns the note that holds a name in an account; null when the name is free.</summary>
    public static (long Row, InstanceNote Note)? Holder(Session session, long account, string name) => First(session.Sql(HolderOfName).Bind(account, Key(name)));

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
        long number = session.Account(new NoteScope(note.Service, account));
        if (note.Name is { } name && Holder(session, number, name) is { } holder)
            return Taken(name, holder.Note);
        session.Sql(InsertForLaunch).Run(
            note.Service, number, intent.IntentId.ToString("D"), note.Name, Key(note.Name), Lines(note.Tags), note.LaunchedBy, Milliseconds(note.Lifetime), intent.RequestedAt + note.Lifetime,
            (int)note.AtExpiry, intent.RequestedAt);
        return null;
    }

    /// <summary>Starts the lifetime of a launch that is being sent.</summary>
    public static void Sent(Session session, string intent, DateTimeOffset sentAt) =>
        session.Sql("UPDATE note SET bound_at = ?2, expires_at = ?2 + lifetime WHERE intent = ?1 AND instance IS NULL").Run(intent, sentAt);

    /// <summary>Binds the note of a launch to its instance.</summary>
    public static void Bind(Session session, string intent, string instance)
    {
        Statement find = session.Sql("SELECT id, service, instance, gone_since, bound_at FROM note WHERE intent = ?1").Bind(intent);
        if (!find.Step())
            return;
        (long row, string service, string? bound, bool isGone, DateTimeOffset since) = (find.Long(0), find.Text(1), find.TextOrNull(2), !find.IsNull(3), find.Time(4));
        find.Reset();
        if (bound is not null)
            return;
        if (Find(session, service, instance) is { } earlier)
            Merge(session, row, earlier.Row, earlier.Note, since);
        session.Sql("UPDATE note SET instance = ?2 WHERE id = ?1").Run(row, instance);
        if (isGone)
            Return(session, row);
    }

    /// <summary>Frees the name of a launch that did not happen, or whose instance has ended.</summary>
    public static void End(Session session, string intent, DateTimeOffset now) =>
        session.Sql("UPDATE note SET gone_since = ?2, removed = 1 WHERE intent = ?1 AND gone_since IS NULL").Run(intent, now);

    /// <summary>Gives the note of a launch to its next attempt. The earlier attempt keeps a copy that has ended: with its instance, which was removed, or for the case that it turns out to have happened.</summary>
    /// <param name="session">The session.</param>
    /// <param name="intent">The launch.</param>
    /// <param name="kept">The intent under which the earlier attempt is kept; null when it is not kept.</param>
    /// <param name="now">The current time.</param>
    public static void MoveOn(Session session, string intent, string? kept, DateTimeOffset now)
    {
        Statement find = session.Sql("SELECT id, instance FROM note WHERE intent = ?1").Bind(intent);
        if (!find.Step())
            return;
        (long row, bool isBound) = (find.Long(0), !find.IsNull(1));
        find.Reset();
        if (kept is null && !isBound)
        {
            Reopen(session, intent);
            return;
        }
        session.Sql("UPDATE note SET intent = ?2, gone_since = ?3, removed = 1 WHERE id = ?1").Run(row, kept, now);
        session.Sql(CopyForAttempt).Run(row, intent, now);
    }

    /// <summary>Makes the note of a launch hold again, because the launch may have happened.</summary>
    public static void Reopen(Session session, string intent)
    {
        Statement find = session.Sql("SELECT id FROM note WHERE intent = ?1 AND gone_since IS NOT NULL").Bind(intent);
        if (!find.Step())
            return;
        long row = find.Long(0);
        find.Reset();
        Return(session, row);
    }

    /// <summary>Makes a note hold again. Its name is dropped when another instance has it now.</summary>
    public static void Return(Session session, long row)
    {
        Statement taken = session.Sql("SELECT 1 FROM note n JOIN note o ON o.account = n.account AND o.name_key = n.name_key AND o.id <> n.id AND o.gone_since IS NULL WHERE n.id = ?1").Bind(row);
        bool isTaken = taken.Step();
        taken.Reset();
        session.Sql(Revive).Run(row, isTaken);
    }

    /// <summary>Deletes the notes of instances that have been gone for 90 days, except those with a protection.</summary>
    public static void DeleteOld(Session session, DateTimeOffset now) =>
        session.Sql("DELETE FROM note WHERE gone_since < ?1 AND protected_at IS NULL").Run(Retention.Before(now, s_kept));

    /// <summary>Returns true when <see cref="DeleteOld"/> deletes a note without a protection.</summary>
    public static bool IsOld(DateTimeOffset? goneSince, DateTimeOffset now) => goneSince < Retention.Before(now, s_kept);

    /// <summary>Deletes notes of an instance that say nothing.</summary>
    public static void DeleteEmpty(Session session, string id) => session.Sql("""
        DELETE FROM note WHERE instance = ?1 AND intent IS NULL AND name IS NULL AND tags IS NULL AND launched_by IS NULL AND expires_at IS NULL AND protected_at IS NULL
        """).Run(id);

    /// <summary>Deletes the note that an instance had before its launch was resolved, and keeps what it says if it was written after the launch. An older one is that of another instance with the same id, of an emulator for example.</summary>
    private static void Merge(Session session, long row, long earlierRow, InstanceNote earlier, DateTimeOffset launchedAt)
    {
        Statement changed = session.Sql("SELECT changed_at FROM note WHERE id = ?1").Bind(earlierRow);
        bool isOfThis = changed.Step() && changed.Time(0) >= launchedAt;
        changed.Reset();
        InstanceNote own = First(session.Sql(Select + "n.id = ?1").Bind(row))!.Value.Note;
        session.Sql("DELETE FROM note WHERE id = ?1").Run(earlierRow);
        if (!isOfThis)
            return;
        string? tags = Lines(own.With(new NoteChange { Tags = earlier.Tags }).Tags);
        session.Sql(Join).Run(
            row, earlier.Name, Key(earlier.Name), tags, earlier.ExpiresAt, (int)earlier.AtExpiry, earlier.Protection?.CreatedAt, earlier.Protection?.Until, earlier.Protection?.Reason);
    }

    private static (long Row, InstanceNote Note)? First(Statement rows)
    {
        List<(long Row, InstanceNote Note)> found = Read(rows);
        return found.Count == 0 ? null : found[0];
    }

    private static InstanceNote Note(Statement row, string? account, IReadOnlyDictionary<string, string> tags)
    {
        string id = row.TextOrNull(2) ?? "";
        return new InstanceNote
        {
            Account = account,
            Id = id,
            IntentId = row.TextOrNull(3) is { } intent ? Guid.Parse(intent) : null,
            Name = row.TextOrNull(4),
            Tags = tags,
            LaunchedBy = row.TextOrNull(6),
            ExpiresAt = row.TimeOrNull(7),
            AtExpiry = row.Long(8) switch
            {
                0 => ExpiryAction.Stop,
                1 => ExpiryAction.Remove,
                _ => throw new FormatException("A row contains a value that is not an action at the end of a lifetime."),
            },
            GoneSince = row.TimeOrNull(9),
            WasRemoved = row.Long(10) != 0,
            StoppedForOffHoursOf = row.TimeOrNull(11),
            WasWarned = row.Long(15) != 0,
            Protection = row.IsNull(12) ? null : new Protection { Id = id, CreatedAt = row.Time(12), Until = row.TimeOrNull(13), Reason = row.TextOrNull(14) },
        };
    }

    private static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;
}
