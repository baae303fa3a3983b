using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using PulseRun.Store.Files;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>The database file: makes it, opens it, and sets a damaged one aside.</summary>
internal sealed class StoreFile
{
    public const string Name = "pulserun.db";

    /// <summary>SQLITE_CORRUPT and SQLITE_NOTADB.</summary>
    private const int Damaged = 11, NotADatabase = 26;

    private static readonly string[] s_parts = ["-wal", "-shm", ""];

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

    /// <summary>Changes when some process has set the file aside: whoever still holds it open then writes where nobody reads.</summary>
    public int Generation() => Directory.Exists(_directory) ? Directory.GetFiles(_directory, Name + ".corrupt-*").Length : 0;

    /// <summary>Returns the damaged file that lies aside, the oldest of several; null when there is none.</summary>
    public string? Aside()
    {
        if (!Directory.Exists(_directory))
            return null;
        string[] parts = Directory.GetFiles(_directory, Name + ".corrupt-*");
        Array.Sort(parts, StringComparer.Ordinal);
        return parts.Length == 0 ? null : parts[0];
    }

    public bool Exists() => File.Exists(Path);

    /// <summary>Opens the file, making or migrating it as needed.</summary>
    /// <param name="durable">Whether a commit is on the disk when it returns. Else the last ones may be lost with the machine's power, never with the process.</param>
    public sqlite3 Open(bool durable)
    {
        Native.EnsureBound();
        OwnFiles.MakeFolder(_directory);
        // SQLite would wait for ever for a pipe, and would read the log of another user.
        foreach (string part in s_parts)
            OwnFiles.CheckFile(Path + part);
        Create();
        sqlite3 connection = Connect();
        try
        {
            if (!Schema.IsCurrent(connection))
            {
                // Switching to WAL wants the file for itself and does not wait for it as other statements do.
                using FileLock alone = Lock();
                SwitchToLog(connection);
                Schema.Migrate(connection);
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

    /// <summary>Moves a damaged file out of the way, unless another process has done so by now, and copies protections and launches into a new one.</summary>
    public void Quarantine()
    {
        if (MoveAside() is not { } aside)
            return;
        string saved;
        try
        {
            using sqlite3 fresh = Open(durable: true);
            (long protections, long launches) = new Salvage(fresh, Path).From(aside);
            saved = string.Format(CultureInfo.InvariantCulture, "{0} protections and {1} launches could be read and are in the new one.", protections, launches);
        }
        catch (Exception e) when (CanExplain(e))
        {
            saved = "Nothing in it could be read. " + e.Message;
        }
        _notice = "The PulseRun store was damaged and has been set aside as '" + aside + "'; a new one was made. " + saved +
            " Open launches may be in it, and so are the history and the protections: look at Get-PRInstance before you launch again, and protect again what Get-PRProtection lacks. Cleanup does nothing until you have removed '" + aside + "'.";
    }

    /// <summary>Returns where the damaged file is now; null when it is sound.</summary>
    private string? MoveAside()
    {
        using FileLock alone = Lock();
        if (IsSound())
            return null;
        string aside = Path + ".corrupt-" + DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        // The log goes first: left behind it would be replayed into the new file.
        foreach (string part in s_parts)
        {
            if (File.Exists(Path + part))
                File.Move(Path + part, aside + part);
        }
        return aside;
    }

    /// <summary>Whether it is the machine's fault; anything else is a mistake of ours or of the caller's.</summary>
    /// <remarks>A FormatException or an OverflowException comes from a value in a row that this module did not write.</remarks>
    public static bool CanExplain(Exception e) => e is SqliteFault or IOException or UnauthorizedAccessException or FormatException or OverflowException || IsMissingNative(e);

    /// <summary>The one error the callers know, in words a user can act on.</summary>
    public StoreUnavailableException Explain(Exception e) => e switch
    {
        SqliteFault { Code: 5 or 6 } => Unavailable(StoreFailure.Locked, "is held by another process", e),
        SqliteFault { Code: 13 } => Unavailable(StoreFailure.Full, "cannot grow: the disk is full", e),
        SqliteFault { Code: 3 or 8 or 10 or 14 } => Unavailable(StoreFailure.Unwritable, "cannot be written", e),
        SqliteFault => Unavailable(StoreFailure.Corrupt, "cannot be used", e),
        FormatException or OverflowException => Unavailable(StoreFailure.Corrupt, "holds a value that cannot be read", e),
        _ when IsMissingNative(e) => Unavailable(StoreFailure.Unsupported, "cannot be opened: SQLite does not load on this platform", e),
        _ => Unavailable(StoreFailure.Unwritable, "cannot be written", e),
    };

    private static bool IsMissingNative(Exception e) => e is DllNotFoundException or BadImageFormatException or TypeInitializationException;

    private StoreUnavailableException Unavailable(StoreFailure reason, string what, Exception e) =>
        new(reason, "The store '" + Path + "' " + what + ". " + e.Message, e);

    private FileLock Lock() => FileLock.Acquire(Path + ".lock");

    /// <summary>SQLite would make the file readable for all, and its log and index take the file's mode.</summary>
    private void Create()
    {
        if (File.Exists(Path))
        {
            PrivateFiles.Tighten(Path);
            return;
        }
        try
        {
            PrivateFiles.Open(Path, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process was faster.
        }
    }

    private sqlite3 Connect()
    {
        // Database lets one in at a time: SQLite need not lock for each value of each row.
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

    /// <summary>Whoever looks at the version just now keeps the file from being switched.</summary>
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
