using System.Runtime.CompilerServices;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Profiles;
using PulseRun.Core.Store;
using PulseRun.Store.Cleanup;
using PulseRun.Store.Files;
using PulseRun.Store.Profiles;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store;

/// <summary>The one way into this assembly.</summary>
public static class StoreFactory
{
    /// <summary>What is remembered in the database. Nothing is opened before its first use.</summary>
    /// <param name="directory">Where; null for the user's own folder for state, or PULSERUN_DATA_DIR.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IStore Open(string? directory = null) =>
        new SqliteStore(directory ?? StorePaths.State(), new StoreLimits());

    /// <summary>The saved connections. Loads no SQLite.</summary>
    /// <param name="directory">Where; null for the user's own folder for settings, or PULSERUN_DATA_DIR.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IProfiles Profiles(string? directory = null) => new ProfileFile(directory ?? StorePaths.Config());

    /// <summary>An audit file. Loads no SQLite.</summary>
    /// <param name="path">Where; the whole path.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IAuditLog Audit(string path) => new AuditFile(path);

    /// <summary>Returns the folder for what is remembered. Makes nothing, and loads no SQLite.</summary>
    /// <exception cref="StoreUnavailableException">This user has no such folder.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string StateFolder() => StorePaths.State();

    /// <summary>Returns true when a database was made on this machine. Opens nothing, and loads no SQLite.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool HasStore() => System.IO.File.Exists(System.IO.Path.Combine(StorePaths.State(), StoreFile.Name));

    /// <summary>The folder for what ssh keeps, made if need be. Loads no SQLite.</summary>
    /// <param name="directory">Where; null for the user's own folder for state, or PULSERUN_DATA_DIR.</param>
    /// <exception cref="StoreUnavailableException">It cannot be made, or another user controls it.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string SshFolder(string? directory = null) => PulseRun.Store.Files.SshFolder.Make(directory ?? StorePaths.State());

    /// <summary>A path in that folder for ssh's log of one command. The log of a process that has crashed is removed after a day.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string NewSshLog(string folder) => PulseRun.Store.Files.SshFolder.NewLog(folder);
}
