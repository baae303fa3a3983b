using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>The tables, and how a file of an earlier version gets them. A step that was released is never changed: a new one is added.</summary>
internal static class Schema
{
    /// <summary>Times are milliseconds since 1970 (UTC), money is decimal text, durations are milliseconds (-1 when unknown), an account is its row in <c>account</c>.</summary>
    private const string Launches = """
        CREATE TABLE account (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);

        CREATE TABLE launch (
            intent TEXT PRIMARY KEY, account INTEGER NOT NULL,
            gpu TEXT NOT NULL, template TEXT NOT NULL, docker_image TEXT, disk_size_gb INTEGER, region TEXT, spot INTEGER, ssh_key_id TEXT,
            provider TEXT, auto_migrate INTEGER, auto_spot_recovery INTEGER, budget_limit TEXT,
            requested_at INTEGER NOT NULL, sent_at INTEGER, owner TEXT,
            instance TEXT, outcome INTEGER, matched_by TEXT, resolved_at INTEGER
        ) WITHOUT ROWID;
        -- What makes a claim a claim: one instance, one intent.
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
    /// The time comes first in the readings' key: a tick of a whole fleet is then appended to a few pages, and the old ones are one contiguous range
    /// (14 times cheaper than one page an instance). <c>judged</c> is a PackedReading. AUTOINCREMENT: a number that was given up must never name another instance, as others may still hold it.
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

    /// <summary>The packing of <c>judged</c> changed: read by the new one, an older reading would look half as busy. The readings go, the rest stays.</summary>
    private const string Repacked = "DELETE FROM sample; UPDATE instance SET first_sample = NULL, last_sample = NULL";

    /// <summary>
    /// What a launch must keep to when its command is gone, when it was sent by a clock that cannot be set (<c>boot</c> and milliseconds since then), and whether its outcome was written to a pipeline.
    /// What earlier versions closed counts as told.
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
    /// <c>stop</c> is the stretch in which an instance was seen stopped at each look, with one start time; <c>look_gap</c> has those of its gaps that no later one has outgrown.
    /// <c>clock_reset</c> is when readings of the future were found. Runs and acts of cleanups are counted for all processes together.
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

    private static readonly string[] s_steps = [Launches, History, Repacked, LaunchesTold, Cleanups];

    /// <summary>The version this module writes.</summary>
    public static int Current => s_steps.Length;

    /// <summary>Whether nothing needs to be done. Only reads.</summary>
    /// <exception cref="StoreUnavailableException">A newer version wrote it; it is left alone.</exception>
    public static bool IsCurrent(sqlite3 db) => Version(db) == Current;

    /// <summary>Brings a file to the current version, from none or any earlier one.</summary>
    public static void Migrate(sqlite3 db)
    {
        // Under the write lock the version is read again: another process may have come first. What fails is rolled back with the connection.
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
            ? new StoreUnavailableException(StoreFailure.NewerVersion, file + "was written by a newer version of PulseRun (schema " + version + ", this one knows " + Current + "). It was left as it is.")
            : new StoreUnavailableException(StoreFailure.Corrupt, file + "has the schema version " + version + ", which no version of PulseRun writes. It was left as it is: move it away to begin with a new one.");
    }
}
