using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using PulseRun.Core.Launch;

namespace PulseRun.Store.Launch;

/// <summary>Names a process so that it is never taken for another: a process id is used again, its start is not.</summary>
internal static class ProcessIdentity
{
    private static readonly Lazy<string> s_here = new(Here);
    private static readonly Lazy<string> s_current = new(Self);

    /// <summary>This process: machine, id and start.</summary>
    public static string Current => s_current.Value;

    public static OwnerState StateOf(string? owner)
    {
        if (owner is null)
            return OwnerState.Released;
        string[] parts = owner.Split('|');
        if (parts.Length != 3 || parts[0] != s_here.Value || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            return OwnerState.Elsewhere;
        return Start(id) == parts[2] ? OwnerState.Alive : OwnerState.Dead;
    }

    private static string Self()
    {
        using var self = Process.GetCurrentProcess();
        return s_here.Value + "|" + self.Id.ToString(CultureInfo.InvariantCulture) + "|" + Start(self.Id);
    }

    /// <summary>The machine and, where there are such, the container: each has process ids of its own.</summary>
    private static string Here()
    {
        string machine = Environment.MachineName.Replace('|', '_');
#if NET
        try
        {
            if (new FileInfo("/proc/self/ns/pid").LinkTarget is { } container)
                return machine + "/" + container;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, no containers.
        }
#endif
        return machine;
    }

    /// <summary>When a process started, in any form that stays the same; null when there is no such process.</summary>
    private static string? Start(int id)
    {
        string stat = "/proc/" + id.ToString(CultureInfo.InvariantCulture) + "/stat";
        if (File.Exists("/proc/self/stat"))
            return FromProc(stat);
        try
        {
            using var process = Process.GetProcessById(id);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Win32Exception)
        {
            // Another user's process took the number over: the one asked for is gone.
            return null;
        }
    }

    /// <summary>The kernel's own count of ticks since boot. Process.StartTime derives a time of day from it, which differs from one look to the next.</summary>
    private static string? FromProc(string stat)
    {
        try
        {
            string text = File.ReadAllText(stat);
            // The command's name is in parentheses and may hold anything; after it come state and, 19 fields later, the start.
            string[] fields = text.Substring(text.LastIndexOf(')') + 2).Split(' ');
            bool ended = fields[0] is "Z" or "X";
            return ended ? null : File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + ":" + fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
