using System.Runtime.CompilerServices;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Profiles;
using PulseRun.Core.Store;
using PulseRun.Store.Cleanup;
using PulseRun.Store.Files;
using PulseRun.Store.Notes;
using PulseRun.Store.Profiles;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store;

/// <summary>Creates the services of this assembly.</summary>
public static class StoreFactory
{
    /// <summary>Returns the store. The database is not opened before its first use.</summary>
    /// <param name="directory">The folder that contains it; null for PULSERUN_DATA_DIR or, if that is not set, the user's folder for state.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IStore Open(string? directory = null) =>
        new SqliteStore(directory ?? StorePaths.State(), new StoreLimits());

    /// <summary>Returns the saved profiles. Does not load SQLite.</summary>
    /// <param name="directory">The folder; null for PULSERUN_DATA_DIR or, if that is not set, the user's folder for settings.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IProfiles Profiles(string? directory = null) => new ProfileFile(directory ?? StorePaths.Config());

    /// <summary>Returns an audit file. Does not load SQLite.</summary>
    /// <param name="path">The full path of the file.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IAuditLog Audit(string path) => new AuditFile(path);

    /// <summary>Returns the folder of the database. Creates nothing, and does not load SQLite.</summary>
    /// <exception cref="StoreUnavailableException">There is no such folder for this user.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string StateFolder() => StorePaths.State();

    /// <summary>Returns true when a database exists on this machine. Does not open it, and does not load SQLite.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool HasStore() => System.IO.File.Exists(System.IO.Path.Combine(StorePaths.State(), StoreFile.Name));

    /// <summary>Returns true when the store of this machine has notes, or had some. Does not open it, and does not load SQLite.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool HasNotes() => new NoteMarker(StorePaths.State()).Exists;

    /// <summary>Returns the folder for host keys and logs of ssh. Creates it if necessary. Does not load SQLite.</summary>
    /// <param name="directory">The folder that contains it; null for PULSERUN_DATA_DIR or, if that is not set, the user's folder for state.</param>
    /// <exception cref="StoreUnavailableException">The folder cannot be created, or another user controls it.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string SshFolder(string? directory = null) => PulseRun.Store.Files.SshFolder.Make(directory ?? StorePaths.State());

    /// <summary>Returns a path in the ssh folder for the log of one command. The log of a crashed process is deleted after a day.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string NewSshLog(string folder) => PulseRun.Store.Files.SshFolder.NewLog(folder);
}
