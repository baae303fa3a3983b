using System;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the local store, one for the whole process, opened at its first use.</summary>
internal static class Stores
{
    public const string DataDirVariable = "PULSERUN_DATA_DIR";
    private static readonly object s_lock = new();
    private static IStore? s_store;
    private static string? s_directory;

    /// <summary>Gets the store in the folder that PULSERUN_DATA_DIR names now.</summary>
    public static IStore Current
    {
        get
        {
            lock (s_lock)
            {
                string? directory = Environment.GetEnvironmentVariable(DataDirVariable);
                if (s_store is null || s_directory != directory)
                {
                    s_store?.Dispose();
                    s_store = Libraries.OpenStore();
                    s_directory = directory;
                }
                return s_store;
            }
        }
    }

    /// <summary>Gets the store if it is already open; otherwise null. For callers that must not create one.</summary>
    public static IStore? Opened
    {
        get
        {
            lock (s_lock)
                return s_directory == Environment.GetEnvironmentVariable(DataDirVariable) ? s_store : null;
        }
    }

    /// <summary>True when this machine has a store, opened or not. Loads no SQLite.</summary>
    public static bool Exists => Opened is not null || Libraries.HasStore();

    /// <summary>True when the store of this machine has notes. Loads no SQLite.</summary>
    public static bool HasNotes => Libraries.HasNotes();

    /// <summary>Returns a pending warning about the store, each only once; null when there is none. Does not open the store.</summary>
    public static string? TakeNotice()
    {
        lock (s_lock)
            return s_store?.TakeNotice();
    }

    public static void Close()
    {
        lock (s_lock)
        {
            s_store?.Dispose();
            s_store = null;
        }
    }
}
