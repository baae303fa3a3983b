using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>Defines the tables, and the migration steps of files of earlier versions. A released step is never changed; a change adds a new step.</summary>
internal static class Schema
{
    /// <summary>Creates the tables of launches and protections. Times are milliseconds since 1970 (UTC), money is decimal text, durations are milliseconds (-1 when unknown), and an account is its row in <c>account</c>.</summary>
    private const string Launches = """
        CREATE TABLE account (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);

        CREATE TABLE launch (
            intent TEXT PRIMARY KEY, account INTEGER NOT NULL,
            gpu TEXT NOT NULL, template TEXT NOT NULL, docker_image TEXT, disk_size_gb INTEGER, region TEXT, spot INTEGER, ssh_key_id TEXT,
            provider TEXT, auto_migrate INTEGER, auto_spot_recovery INTEGER, budget_limit TEXT,
            requested_at INTEGER NOT NULL, sent_at INTEGER, owner TEXT,
            instance TEXT, outcome INTEGER, matched_by TEXT, resolved_at INTEGER
        ) WITHOUT ROWID;
        -- An instance can be claimed by one intent only.
        CREATE UNIQUE INDEX launch_instance ON launch (account, instance) WHERE instance IS NOT NULL;
        CREATE INDEX launch_open ON launch (account, requested_at) WHERE outcome IS NULL;

        CREATE TABLE price (
            account INTEGER NOT NULL, gpu TEXT NOT NULL, spot INTEGER NOT NULL, provider TEXT NOT NULL, region TEXT NOT NULL,
            cost TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (account, gpu, spot, provider, region)
        ) WITHOUT ROWID;

        CREATE TABLE protection (
            account INTEGER NOT NULL, instance TEXT NOT NULL, reason TEXT, until INTEGER, created_at INTEGER NOT NULL,
            PRIMARY KEY (account, instance)
        ) WITHOUT ROWID;
        """;

    /// <summary>
    /// Creates the tables of readings and states. The time is first in the key of readings, so the readings of a whole fleet are appended to a few pages, and old ones are one contiguous range
    /// (14 times faster than one page per instance). <c>judged</c> is a PackedReading. AUTOINCREMENT prevents that the number of a deleted instance is reused, because other processes may still have it cached.
    /// </summary>
    private const string History = """
        CREATE TABLE instance (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, name TEXT NOT NULL, first_seen INTEGER NOT NULL,
            first_sample INTEGER, last_sample INTEGER, state_since INTEGER,
            gpu TEXT, provider TEXT, region TEXT, template TEXT, spot INTEGER, UNIQUE (account, name)
        );

        CREATE TABLE sample (
            ts INTEGER NOT NULL, instance INTEGER NOT NULL, judged INTEGER NOT NULL, uptime INTEGER NOT NULL, gpu REAL, memory REAL, disk REAL, each_gpu TEXT, PRIMARY KEY (ts, instance)
        ) WITHOUT ROWID;

        CREATE TABLE state (
            instance INTEGER NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL, largest_gap INTEGER NOT NULL,
            status TEXT, cost TEXT, started_at INTEGER, PRIMARY KEY (instance, since)
        ) WITHOUT ROWID;
        """;

    /// <summary>Deletes the readings, because the packing of <c>judged</c> changed: an older reading would be read as half as busy.</summary>
    private const string Repacked = "DELETE FROM sample; UPDATE instance SET first_sample = NULL, last_sample = NULL";

    /// <summary>
    /// Adds the limits of a launch, for use after its command has ended; the time at which it was sent, by a clock that cannot be set (<c>boot</c> and milliseconds since then); and <c>told</c>, which is 1 when its outcome was written to a pipeline.
    /// Launches that earlier versions closed count as told.
    /// </summary>
    private const string LaunchesTold = """
        ALTER TABLE launch ADD COLUMN request_timeout INTEGER;
        ALTER TABLE launch ADD COLUMN max_hourly TEXT;
        ALTER TABLE launch ADD COLUMN max_fleet TEXT;
        ALTER TABLE launch ADD COLUMN unknown_price INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN price TEXT;
        ALTER TABLE launch ADD COLUMN boot TEXT;
        ALTER TABLE launch ADD COLUMN sent_tick INTEGER;
        ALTER TABLE launch ADD COLUMN ended_tick INTEGER;
        ALTER TABLE launch ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN met_boot TEXT;
        ALTER TABLE launch ADD COLUMN met_tick INTEGER;
        ALTER TABLE launch ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN look_again INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN seen_upto INTEGER;
        UPDATE launch SET told = 1 WHERE outcome IS NOT NULL;
        CREATE INDEX launch_untold ON launch (account, requested_at) WHERE outcome = 1 AND told = 0;
        CREATE INDEX launch_look_again ON launch (account, requested_at) WHERE outcome = 2 AND look_again = 1;
        """;

    /// <summary>
    /// Adds the tables of cleanups. <c>stop</c> is the period in which every list showed the instance stopped with the same start time. <c>look_gap</c> contains the gaps between lists in that period that are longer than every later gap.
    /// <c>clock_reset</c> is the time at which readings in the future were found. The runs and acts of cleanups are counted for all processes together.
    /// </summary>
    private const string Cleanups = """
        CREATE TABLE IF NOT EXISTS stop (instance INTEGER PRIMARY KEY, since INTEGER NOT NULL, last_look INTEGER NOT NULL, started_at INTEGER);
        CREATE TABLE IF NOT EXISTS look_gap (instance INTEGER NOT NULL, ended INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (instance, ended)) WITHOUT ROWID;
        INSERT OR IGNORE INTO stop SELECT i.id, s.since, s.last_seen, s.started_at FROM instance i JOIN state s ON s.instance = i.id AND s.since = i.state_since WHERE s.status = 'stopped' COLLATE NOCASE;
        INSERT OR IGNORE INTO look_gap SELECT i.id, s.last_seen, s.largest_gap FROM instance i JOIN state s ON s.instance = i.id AND s.since = i.state_since WHERE s.status = 'stopped' COLLATE NOCASE;
        CREATE TABLE IF NOT EXISTS clock_reset (instance INTEGER PRIMARY KEY, at INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS cleanup_run (id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER);
        CREATE TABLE IF NOT EXISTS cleanup_act (run INTEGER NOT NULL, instance TEXT NOT NULL, PRIMARY KEY (run, instance)) WITHOUT ROWID;
        """;

    /// <summary>Adds the times of the last readings that show the unit of the server: above 1, and between 0 and 1.</summary>
    private const string Units = "ALTER TABLE instance ADD COLUMN gpu_above INTEGER; ALTER TABLE instance ADD COLUMN gpu_fraction INTEGER";

    /// <summary>
    /// Adds the requests for readings. <c>asked_at</c> is the time of the last request, <c>misses</c> the number of requests since the last usable reading, and <c>leased_until</c> the end of the lease of the run that is about to read the instance.
    /// <c>kept</c> is why a cleanup left the idle instance running (a KeptReason), <c>kept_at</c> when, and <c>keeps</c> how many times in a row. <c>reading_notice</c> holds when an account was last told that its fleet is too large.
    /// </summary>
    private const string ReadingRequests = """
        ALTER TABLE instance ADD COLUMN asked_at INTEGER;
        ALTER TABLE instance ADD COLUMN misses INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE instance ADD COLUMN leased_until INTEGER;
        ALTER TABLE instance ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE instance ADD COLUMN kept_at INTEGER;
        ALTER TABLE instance ADD COLUMN keeps INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE reading_notice (account INTEGER PRIMARY KEY, overload_at INTEGER NOT NULL);
        """;

    /// <summary>
    /// Adds the warnings before stops, one for the present idle spell of each instance, the claims of instances that are about to be stopped, and the source of a reading (0 for the API, 1 for ssh).
    /// The times of claims are those of this machine; the others are those of the connection.
    /// </summary>
    private const string Ladder = """
        CREATE TABLE IF NOT EXISTS idle_warning (
            account INTEGER NOT NULL, instance TEXT NOT NULL, spell TEXT NOT NULL, since INTEGER NOT NULL, confirmed INTEGER NOT NULL, delivered INTEGER,
            owner TEXT, claimed INTEGER, valid INTEGER, PRIMARY KEY (account, instance)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS cleanup_claim (
            account INTEGER NOT NULL, instance TEXT NOT NULL, run TEXT NOT NULL, owner TEXT NOT NULL, claimed INTEGER NOT NULL, valid INTEGER NOT NULL, PRIMARY KEY (account, instance)
        ) WITHOUT ROWID;
        ALTER TABLE sample ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
        """;

    /// <summary>Adds the stops that cleanups made, for the report of what they have saved.</summary>
    private const string CleanupStops = """
        CREATE TABLE IF NOT EXISTS cleanup_stop (account INTEGER NOT NULL, instance TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, instance, at)) WITHOUT ROWID;
        """;

    /// <summary>Adds the connection of a launch (its address, and its profile if it has one), so that a command with another key can name it.</summary>
    private const string LaunchOrigin = "ALTER TABLE launch ADD COLUMN origin TEXT";

    /// <summary>
    /// Adds the notes of instances, and moves the protections into them. A note belongs to a service (an address) and an instance, or to the intent of an open launch (<c>instance</c> is null then). <c>account</c> is the account that last listed the instance.
    /// <c>name_key</c> is the name in capitals. <c>tags</c> has a line for each tag. <c>bound_at</c> is the time from which the instance is expected in lists. <c>removed</c> is 1 when the instance was removed from here. <c>off_since</c> is the start of the off hours for which it was stopped.
    /// <c>warned_for</c> is the end of the lifetime that a warning was sent for, or is being sent for by <c>warn_owner</c>. A protection of an earlier version has the service ''.
    /// </summary>
    private const string Notes = """
        ALTER TABLE account ADD COLUMN service TEXT;
        CREATE TABLE note (
            id INTEGER PRIMARY KEY, service TEXT NOT NULL, account INTEGER, instance TEXT, intent TEXT UNIQUE,
            name TEXT, name_key TEXT, tags TEXT, launched_by TEXT, lifetime INTEGER, expires_at INTEGER, at_expiry INTEGER NOT NULL DEFAULT 0, off_since INTEGER,
            gone_since INTEGER, removed INTEGER NOT NULL DEFAULT 0, bound_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            protected_at INTEGER, protected_until INTEGER, protect_reason TEXT,
            warned_for INTEGER, warn_owner TEXT, warn_claimed INTEGER, warn_valid INTEGER
        );
        CREATE UNIQUE INDEX note_instance ON note (service, instance) WHERE instance IS NOT NULL;
        CREATE UNIQUE INDEX note_name ON note (account, name_key) WHERE name_key IS NOT NULL AND gone_since IS NULL;
        CREATE INDEX note_protection ON note (instance) WHERE protected_at IS NOT NULL;
        INSERT OR IGNORE INTO note (service, account, instance, protect_reason, protected_until, protected_at, bound_at, changed_at)
            SELECT '', account, instance, reason, until, created_at, created_at, created_at FROM protection ORDER BY until IS NULL DESC, until DESC;
        DROP TABLE protection;
        """;

    /// <summary>Adds the budgets. A budget belongs to a service (an address) and a set of tags: <c>tag_key</c> has a line for each tag with its key in capitals, <c>tags</c> the same as it was written.</summary>
    private const string Budgets = """
        CREATE TABLE IF NOT EXISTS budget (
            service TEXT NOT NULL, tag_key TEXT NOT NULL, tags TEXT, per_month TEXT, per_day TEXT, at_limit INTEGER NOT NULL, contact TEXT, PRIMARY KEY (service, tag_key)
        ) WITHOUT ROWID;
        """;

    /// <summary>Adds the schedules that are or were being created. <c>before</c> contains the ids that the list showed before anything was sent. A schedule can be claimed by one intent only.</summary>
    private const string ScheduleIntents = """
        CREATE TABLE IF NOT EXISTS schedule_intent (
            intent TEXT PRIMARY KEY, account INTEGER NOT NULL,
            name TEXT NOT NULL, gpu TEXT NOT NULL, template TEXT NOT NULL, cron TEXT NOT NULL, max_hours TEXT, max_cost TEXT, spot INTEGER, docker_image TEXT,
            before TEXT NOT NULL, requested_at INTEGER NOT NULL, request_timeout INTEGER NOT NULL, owner TEXT,
            sent_at INTEGER, boot TEXT, sent_tick INTEGER, ended_tick INTEGER, answered INTEGER NOT NULL DEFAULT 0, met_boot TEXT, met_tick INTEGER,
            schedule TEXT, outcome INTEGER, resolved_at INTEGER
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS schedule_claim ON schedule_intent (account, schedule) WHERE schedule IS NOT NULL;
        CREATE INDEX IF NOT EXISTS schedule_open ON schedule_intent (account, requested_at) WHERE outcome IS NULL;
        """;

    /// <summary>
    /// Adds launches with alternatives: <c>attempt</c> is the number of the present attempt (0 for a launch of one alternative), <c>waiting</c> is 1 between two attempts, and <c>launch_attempt</c> has what each one asked for and what its answer was.
    /// </summary>
    private const string LaunchPlans = """
        ALTER TABLE launch ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE launch ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE IF NOT EXISTS launch_attempt (
            intent TEXT NOT NULL, number INTEGER NOT NULL, gpu TEXT NOT NULL, region TEXT, provider TEXT, spot INTEGER,
            began_at INTEGER NOT NULL, took INTEGER, error TEXT, answer TEXT, instance TEXT, PRIMARY KEY (intent, number)
        ) WITHOUT ROWID;
        """;

    /// <summary>Adds the jobs. <c>instance</c> is empty while it is being launched, and the offsets are how much of its output was received.</summary>
    private const string Jobs = """
        CREATE TABLE IF NOT EXISTS job (
            id TEXT PRIMARY KEY, account INTEGER NOT NULL, name TEXT NOT NULL, instance TEXT NOT NULL, intent TEXT, command TEXT NOT NULL, directory TEXT NOT NULL, download TEXT, destination TEXT,
            at_end INTEGER NOT NULL, state INTEGER NOT NULL, exit_code INTEGER, created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, expires_at INTEGER,
            out_offset INTEGER NOT NULL, err_offset INTEGER NOT NULL
        ) WITHOUT ROWID;
        """;

    private static readonly string[] s_steps = [Launches, History, Repacked, LaunchesTold, Cleanups, Units, ReadingRequests, Ladder, CleanupStops, LaunchOrigin, Notes, Budgets, ScheduleIntents, LaunchPlans, Jobs];

    /// <summary>Gets the schema version that this module writes.</summary>
    public static int Current => s_steps.Length;

    /// <summary>Returns true when the file has the current version. Writes nothing.</summary>
    /// <exception cref="StoreUnavailableException">A newer version of this module wrote the file. It is not changed.</exception>
    public static bool IsCurrent(sqlite3 db) => Version(db) == Current;

    /// <summary>Migrates an empty file, or a file of an earlier version, to the current version.</summary>
    public static void Migrate(sqlite3 db)
    {
        // The version is read again under the write lock, because another process may have migrated the file. Closing the connection rolls a failed migration back.
        Execute(db, "BEGIN IMMEDIATE");
        for (int version = Version(db); version < Current; version++)
        {
            Execute(db, s_steps[version]);
            Execute(db, "PRAGMA user_version = " + (version + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        Execute(db, "COMMIT");
    }

    public static void Execute(sqlite3 db, string sql) => SqliteFault.Check(raw.sqlite3_exec(db, sql), db);

    private static int Version(sqlite3 db)
    {
        using var ask = new Statement(db, "PRAGMA user_version");
        int version = ask.Step() ? (int)ask.Long(0) : 0;
        if (version >= 0 && version <= Current)
            return version;
        string file = "The store '" + raw.sqlite3_db_filename(db, "main").utf8_to_string() + "' ";
        throw version > Current
            ? new StoreUnavailableException(StoreFailure.NewerVersion, file + "was written by a newer version of PulseRun (schema " + version + "; this version supports " + Current + "). It was not changed. Update the module.")
            : new StoreUnavailableException(StoreFailure.Corrupt, file + "has the schema version " + version + ", which no version of PulseRun writes. It was not changed. Move it to another folder to begin with a new store.");
    }
}
