using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using PulseRun.Store.Files;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>Creates and opens the database file, and replaces a damaged one.</summary>
internal sealed class StoreFile
{
    public const string Name = "pulserun.db";

    /// <summary>The result codes SQLITE_CORRUPT and SQLITE_NOTADB.</summary>
    private const int Damaged = 11, NotADatabase = 26;

    private static readonly string[] s_parts = ["-wal", "-shm", ""];

    private const string LockPart = ".lock";

    private readonly string _directory;
    private readonly StoreLimits _limits;
    private string? _notice;

    public StoreFile(string directory, StoreLimits limits)
    {
        _directory = directory;
        _limits = limits;
        Path = System.IO.Path.Combine(directory, Name);
    }

    public string Path { get; }

    public string? TakeNotice() => System.Threading.Interlocked.Exchange(ref _notice, null);

    /// <summary>Returns a number that changes when a process has replaced a damaged file. A process that still has the old file open must open the new one.</summary>
    public int Generation() => Directory.Exists(_directory) ? Directory.GetFiles(_directory, Name + ".corrupt-*").Length : 0;

    /// <summary>Returns the path of the oldest damaged file that was set aside; null when there is none.</summary>
    public string? Aside()
    {
        if (!Directory.Exists(_directory))
            return null;
        string[] parts = Directory.GetFiles(_directory, Name + ".corrupt-*");
        Array.Sort(parts, StringComparer.Ordinal);
        return parts.Length == 0 ? null : parts[0];
    }

    public bool Exists() => File.Exists(Path);

    /// <summary>Opens the file. Creates or migrates it if necessary.</summary>
    /// <param name="durable">True to flush each commit to the disk. Otherwise a power failure may undo the last commits; the end of the process never does.</param>
    public sqlite3 Open(bool durable)
    {
        Native.EnsureBound();
        OwnFiles.MakeFolder(_directory);
        // SQLite would block on a pipe, and it would read a log that another user has written.
        foreach (string part in s_parts)
            OwnFiles.CheckFile(Path + part);
        OwnFiles.CheckFile(Path + LockPart);
        CheckEmptied();
        using FileLock? creation = Create();
        sqlite3 connection = Connect();
        try
        {
            if (!Schema.IsCurrent(connection))
            {
                // Switching to WAL needs exclusive access, and SQLite does not wait for it as it does for other statements.
                using FileLock? migration = creation is null ? Lock() : null;
                SwitchToLog(connection);
                Schema.Migrate(connection);
                (creation ?? migration)!.IsMarked = true;
            }
            Schema.Execute(connection, durable ? "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON" : "PRAGMA synchronous = NORMAL");
            if (_limits.MaxPages is { } pages)
                Schema.Execute(connection, "PRAGMA max_page_count = " + pages.ToString(CultureInfo.InvariantCulture));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static bool IsDamage(SqliteFault e) => e.Code is Damaged or NotADatabase;

    /// <summary>Sets a damaged file aside, unless another process has already done so, and copies its protections and launches to a new file.</summary>
    public void Quarantine()
    {
        if (MoveAside() is not { } aside)
            return;
        string saved;
        try
        {
            using sqlite3 fresh = Open(durable: true);
            (long protections, long launches) = new Salvage(fresh, Path).From(aside);
            saved = string.Format(CultureInfo.InvariantCulture, "{0} protections and {1} launches were recovered.", protections, launches);
        }
        catch (Exception e) when (CanExplain(e))
        {
            saved = "No data was recovered. " + e.Message;
        }
        _notice = "The PulseRun store was damaged. It was renamed to '" + aside + "', and a new store was created. " + saved +
            " Open launches may be in it, and so are the history and other protections. Check Get-PRInstance before you launch again, and protect instances again that Get-PRProtection does not list. Cleanup does nothing until you delete '" + aside + "'.";
    }

    /// <summary>Returns the new path of the damaged file; null when the file is not damaged any more.</summary>
    private string? MoveAside()
    {
        using FileLock alone = Lock();
        if (IsSound())
            return null;
        string aside = Path + ".corrupt-" + DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        // The log is moved first: a log that stays behind would be replayed into the new file.
        foreach (string part in s_parts)
        {
            if (File.Exists(Path + part))
                File.Move(Path + part, aside + part);
        }
        return aside;
    }

    /// <summary>Returns true for a failure of the file or the machine. Any other exception is an error in this code or in the caller.</summary>
    /// <remarks>A FormatException or an OverflowException comes from a value in a row that this module did not write.</remarks>
    public static bool CanExplain(Exception e) => e is SqliteFault or IOException or UnauthorizedAccessException or FormatException or OverflowException || IsMissingNative(e);

    /// <summary>Converts a failure to the exception for callers, with a message for the user.</summary>
    public StoreUnavailableException Explain(Exception e) => e switch
    {
        SqliteFault { Code: 5 or 6 } => Unavailable(StoreFailure.Locked, "is held by another process", e),
        SqliteFault { Code: 13 } => Unavailable(StoreFailure.Full, "cannot grow: the disk is full", e),
        SqliteFault { Code: 3 or 8 or 10 or 14 } => Unavailable(StoreFailure.Unwritable, "cannot be written", e),
        SqliteFault => Unavailable(StoreFailure.Corrupt, "cannot be used", e),
        FormatException or OverflowException => Unavailable(StoreFailure.Corrupt, "contains a value that cannot be read", e),
        _ when IsMissingNative(e) => Unavailable(StoreFailure.Unsupported, "cannot be opened: SQLite does not load on this platform", e),
        _ => Unavailable(StoreFailure.Unwritable, "cannot be written", e),
    };

    private static bool IsMissingNative(Exception e) => e is DllNotFoundException or BadImageFormatException or TypeInitializationException;

    private StoreUnavailableException Unavailable(StoreFailure reason, string what, Exception e) =>
        new(reason, "The store '" + Path + "' " + what + ". " + e.Message, e);

    /// <summary>Throws for a file that was a store and is empty now.</summary>
    private void CheckEmptied()
    {
        if (!IsEmptied())
            return;
        // Once more with the lock, because another process may be creating the file.
        using FileLock alone = Lock();
        if (IsEmptied())
            throw new SqliteFault(NotADatabase, "the file is empty");
    }

    /// <summary>Returns true when the file was a store and is empty now. SQLite would take it for a new one, and delete the log, which may have everything. A log beside an empty file, or the mark of a finished store, is the proof.</summary>
    private bool IsEmptied()
    {
        // The size is read by name, because opening and closing the file would release SQLite's locks on it.
        return new FileInfo(Path) is { Exists: true, Length: 0 } && (HasContent(Path + "-wal") || HasContent(Path + LockPart));
    }

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    private FileLock Lock() => FileLock.Acquire(Path + LockPart);

    /// <summary>Creates the file with a private mode, and returns the lock that the caller holds until it is a store; null when the file exists. SQLite would make it readable for all users; it gives its log and index the mode of the file.</summary>
    private FileLock? Create()
    {
        if (File.Exists(Path))
        {
            PrivateFiles.Tighten(Path);
            return null;
        }
        FileLock alone = Lock();
        try
        {
            if (!File.Exists(Path))
            {
                // A store of this name existed before, and was deleted. Until it is a store again, its emptiness proves nothing.
                alone.IsMarked = false;
                PrivateFiles.Open(Path, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
            }
            return alone;
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    private sqlite3 Connect()
    {
        // NOMUTEX, because Database lets only one thread use the connection at a time.
        int code = raw.sqlite3_open_v2(Path, out sqlite3 connection, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            SqliteFault.Check(code, connection);
            _ = raw.sqlite3_busy_timeout(connection, (int)_limits.Patience.TotalMilliseconds);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Switches the file to WAL. Repeats while another process reads the version, because a reader prevents the switch.</summary>
    private void SwitchToLog(sqlite3 connection)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Schema.Execute(connection, "PRAGMA journal_mode = WAL");
                return;
            }
            catch (SqliteFault fault) when (fault.Code == raw.SQLITE_BUSY && waited.Elapsed < _limits.Patience)
            {
                Thread.Sleep(5);
            }
        }
    }

    private bool IsSound()
    {
        if (!File.Exists(Path))
            return true;
        if (IsEmptied())
            return false;
        try
        {
            using sqlite3 connection = Connect();
            using var check = new Statement(connection, "PRAGMA quick_check(1)");
            return check.Step() && check.Text(0) == "ok";
        }
        catch (SqliteFault e) when (IsDamage(e))
        {
            return false;
        }
    }
}
