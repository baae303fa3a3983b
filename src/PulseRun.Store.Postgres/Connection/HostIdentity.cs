using System;
using System.IO;
using PulseRun.Core.Launch;
using PulseRun.Store.Files;
using PulseRun.Store.Launch;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Identifies hosts and their processes for a store of several hosts. A host is a machine and a home of the module on it.</summary>
internal static class HostIdentity
{
    private static readonly Lazy<string> s_boot = new(Boot);

    /// <summary>Gets the identity of this process: the boot of the machine, and the process. Two machines with equal names have different boots, so that neither takes the other's processes for dead.</summary>
    public static string Process => s_boot.Value + "@" + ProcessIdentity.Current;

    /// <summary>Gets the name of this host: the machine, and its folder for state.</summary>
    public static string Host => Environment.MachineName + ":" + Folder();

    /// <summary>Returns whether a process still works. Processes of other hosts cannot be observed.</summary>
    public static OwnerState StateOf(string? owner)
    {
        if (owner is null)
            return OwnerState.Released;
        int at = owner.IndexOf('@');
        return at < 0 || owner.Substring(0, at) != s_boot.Value ? OwnerState.Elsewhere : ProcessIdentity.StateOf(owner.Substring(at + 1));
    }

    private static string Boot()
    {
        try
        {
            return StorePaths.IsWindows ? Environment.MachineName : File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }

    private static string Folder()
    {
        try
        {
            return StorePaths.State();
        }
        catch (StoreUnavailableException)
        {
            return "?";
        }
    }
}
