using SQLitePCL;
#if !NET
using System;
using System.IO;
using System.Runtime.InteropServices;
using PulseRun.Store.Files;
#endif

namespace PulseRun.Store.Sqlite;

/// <summary>Loads the native library of SQLite, once per process.</summary>
internal static class Native
{
    private static readonly SQLite3Provider_e_sqlite3 s_bound = Bind();

    public static void EnsureBound() => _ = s_bound;

    private static SQLite3Provider_e_sqlite3 Bind()
    {
#if !NET
        Preload();
#endif
        var provider = new SQLite3Provider_e_sqlite3();
        raw.SetProvider(provider);
#if NET
        // Database ensures that each connection is used by one thread at a time, so SQLite need not lock for every value that is read. That is a fifth of the time for a
        // window of the whole fleet. The setting is per library: this one is a private copy, except on .NET Framework, where another module may share it and rely on its locks.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
#endif
        return provider;
    }

#if !NET
    /// <summary>
    /// Loads the library from bin/native/(rid)/native, where .NET Framework does not search. P/Invoke then finds the loaded library by its name.
    /// If the folder does not exist (in tests), the search of the platform finds the library.
    /// </summary>
    private static void Preload()
    {
        if (!StorePaths.IsWindows)
            return;
        string rid = "win-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string deps = Path.GetDirectoryName(typeof(Native).Assembly.Location) ?? "";
        string path = Path.GetFullPath(Path.Combine(deps, "..", "..", "native", rid, "native", "e_sqlite3.dll"));
        if (File.Exists(path) && LoadLibrary(path) == IntPtr.Zero)
            throw new DllNotFoundException("Cannot load '" + path + "' (error " + Marshal.GetLastWin32Error() + ").");
    }

    [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true, EntryPoint = "LoadLibraryW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr LoadLibrary(string path);
#endif
}
