using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using PulseRun.Core.Launch;
using PulseRun.Store.Files;

namespace PulseRun.Store.Launch;

/// <summary>Identifies a process by id and start time, because process ids are reused.</summary>
internal static class ProcessIdentity
{
    private static readonly Lazy<string> s_here = new(Here);
    private static readonly Lazy<string> s_current = new(Self);

    /// <summary>Gets the identity of this process: machine, id and start time.</summary>
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

    /// <summary>Returns the machine and, if present, the container, because each has process ids of its own.</summary>
    private static string Here()
    {
        string machine = Environment.MachineName.Replace('|', '_');
#if NET
        if (StorePaths.IsWindows)
            return machine;
        try
        {
            if (new FileInfo("/proc/self/ns/pid").LinkTarget is { } container)
                return machine + "/" + container;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A system without /proc has no containers.
        }
#endif
        return machine;
    }

    /// <summary>Returns the start time of a process in a form that does not change; null when there is no such process.</summary>
    private static string? Start(int id)
    {
        string stat = "/proc/" + id.ToString(CultureInfo.InvariantCulture) + "/stat";
        // On Windows the path would be a folder of the current drive.
        if (!StorePaths.IsWindows && File.Exists("/proc/self/stat"))
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
            // The id belongs to a process of another user now, so the process in question has ended.
            return null;
        }
    }

    /// <summary>Returns the start time in kernel ticks since boot. Process.StartTime converts them to a time of day, which differs slightly between two reads.</summary>
    private static string? FromProc(string stat)
    {
        try
        {
            string text = File.ReadAllText(stat);
            // The name of the command is in parentheses and may contain any character. After it follow the state and, 19 fields later, the start time.
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
