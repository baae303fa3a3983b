using SQLitePCL;
#if !NET
using System;
using System.IO;
using System.Runtime.InteropServices;
using PulseRun.Store.Files;
#endif

namespace PulseRun.Store.Sqlite;

/// <summary>Binds SQLite's native library, once a process.</summary>
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
        return provider;
    }

#if !NET
    /// <summary>
    /// .NET Framework does not look into the module's bin/native/(rid)/native. A library that is loaded already is found by its name.
    /// Where there is no such folder (tests), the platform's own search finds it.
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
