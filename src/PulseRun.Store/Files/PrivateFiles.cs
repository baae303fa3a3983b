#if NET
using System;
#endif
using System.IO;

namespace PulseRun.Store.Files;

/// <summary>Creates files and folders that only their owner can read, from the moment they exist. On Windows, administrators and the system can read them too.</summary>
internal static class PrivateFiles
{
#if NET
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
#endif

    /// <summary>Creates a folder and its missing parents, each accessible to its owner only. An existing folder is not changed, because the user may have named a shared one.</summary>
    public static void CreateDirectory(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            if (Directory.Exists(path))
                return;
            // Parents are created one by one, because Directory.CreateDirectory applies the mode to the last folder only.
            if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
                CreateDirectory(parent);
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            return;
        }
#endif
        if (StorePaths.IsWindows)
            WindowsAccess.CreateDirectory(path);
        else
            Directory.CreateDirectory(path);
    }

    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, UnixCreateMode = OwnerOnly };
            return new FileStream(path, options);
        }
#endif
        return StorePaths.IsWindows ? WindowsAccess.Open(path, mode, share) : new FileStream(path, mode, FileAccess.ReadWrite, share);
    }

    /// <summary>Opens a file for reading. The content stays consistent even while another process replaces the file.</summary>
    public static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Removes group and other permissions from a file. The caller has checked that this user owns it. A link and its target are not changed.
    /// The file is changed by name, because opening and closing a database file would release SQLite's locks on it.
    /// </summary>
    public static void Tighten(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows() && UnixEntry.At(path, follow: false) is { IsRegular: true, OthersMayUse: true })
            File.SetUnixFileMode(path, OwnerOnly);
#endif
    }

    /// <summary>Returns true when another user owns an open file, or can read or write it. Checks the open handle, so that the checked file is the one that is read.</summary>
    public static bool OthersMay(FileStream file)
    {
        if (StorePaths.IsWindows)
            return WindowsAccess.OthersMay(file);
        UnixEntry entry = UnixEntry.Of(file.SafeFileHandle);
#if NET
        return entry.Owner != UnixEntry.User || entry.OthersMayUse;
#else
        // .NET Framework runs on Windows. Mono, on which its tests run, cannot create a file with a mode.
        return entry.Owner != UnixEntry.User || entry.OthersMayWrite;
#endif
    }

    /// <summary>Replaces a file by a finished one atomically: a reader gets either the complete old file or the complete new one.</summary>
    public static void Replace(string finished, string target)
    {
#if NET
        File.Move(finished, target, overwrite: true);
#else
        if (File.Exists(target))
            File.Replace(finished, target, null);
        else
            File.Move(finished, target);
#endif
    }
}
