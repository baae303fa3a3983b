using System;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>What is remembered on this machine: one store for the whole process, opened at its first use.</summary>
internal static class Stores
{
    public const string DataDirVariable = "PULSERUN_DATA_DIR";
    private static readonly object s_lock = new();
    private static IStore? s_store;
    private static string? s_directory;

    /// <summary>The store where PULSERUN_DATA_DIR says now.</summary>
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

    /// <summary>The store if it is open already; null else. For those who may not make one.</summary>
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

    /// <summary>What the user must be told about the store itself; each text once, then null. Opens nothing.</summary>
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
