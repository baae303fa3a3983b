using System;
using System.Runtime.InteropServices;

namespace PulseRun.Store.Sqlite;

/// <summary>
/// Calls the functions that run for each value of each row directly in the library that SQLitePCLRaw has loaded. The idle check of 1,000 instances
/// (goal: 15 ms) takes 10.5 ms with them and 11.8 ms through the safe handles; with plain columns instead of <c>PackedReading</c> it takes 13.0 and 18.5 ms. None of them except step and reset can block or call back, so they need no transition of the garbage collector.
/// </summary>
internal static class HotCalls
{
    private const string Library = "e_sqlite3";

    [DllImport(Library, EntryPoint = "sqlite3_step", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Step(IntPtr statement);

    [DllImport(Library, EntryPoint = "sqlite3_reset", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Reset(IntPtr statement);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_changes", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Changes(IntPtr connection);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_column_type", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Type(IntPtr statement, int column);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_column_int64", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern long Long(IntPtr statement, int column);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_column_double", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern double Real(IntPtr statement, int column);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_bind_int64", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Bind(IntPtr statement, int parameter, long value);

#if NET
    [SuppressGCTransition]
#endif
    [DllImport(Library, EntryPoint = "sqlite3_bind_double", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Bind(IntPtr statement, int parameter, double value);
}
