using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace PulseRun.Store.Files;

/// <summary>Manages the folder that contains the host keys of instances and, while a command runs, the log of ssh. Only its owner can access it.</summary>
internal static class SshFolder
{
    private const string Name = "ssh", KnownHosts = "known_hosts", Log = "log-";

    private static readonly TimeSpan s_oldLog = TimeSpan.FromDays(1);

    /// <summary>Creates the folder if necessary, removes the logs that crashed processes left there, and returns its path.</summary>
    /// <exception cref="StoreUnavailableException">The folder cannot be created, or another user controls it.</exception>
    public static string Make(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            OwnFiles.MakeFolder(directory);
            OwnFiles.MakeFolder(path);
            OwnFiles.CheckFile(Path.Combine(path, KnownHosts));
            RemoveOldLogs(path);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The folder '" + path + "' cannot be used: " + error.Message, error);
        }
    }

    /// <summary>Returns a path for the log of one command of this process.</summary>
    public static string NewLog(string folder) =>
        Path.Combine(folder, Log + CurrentProcess().ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N"));

    private static int CurrentProcess()
    {
        using var self = Process.GetCurrentProcess();
        return self.Id;
    }

    private static void RemoveOldLogs(string folder)
    {
        foreach (string log in Directory.GetFiles(folder, Log + "*"))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(log) > s_oldLog && !IsInUse(Path.GetFileName(log)))
                Remove(log);
        }
    }

    /// <summary>Returns true while the process that created a log is running, because a command may run for days.</summary>
    private static bool IsInUse(string name)
    {
        string[] parts = name.Split('-');
        if (parts.Length != 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            return false;
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string log)
    {
        try
        {
            File.Delete(log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next command tries to delete it again.
        }
    }
}
