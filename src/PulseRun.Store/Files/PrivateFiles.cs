#if NET
using System;
#endif
using System.IO;

namespace PulseRun.Store.Files;

/// <summary>Files and folders that only their owner can read, from their first byte on. On Windows the user's own folders are so by inheritance.</summary>
internal static class PrivateFiles
{
#if NET
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
#endif

    /// <summary>Makes the folder and, one by one, its missing parents, each for its owner alone. One that exists is left as it is: it may be one that the user named, and shares.</summary>
    public static void CreateDirectory(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            if (Directory.Exists(path))
                return;
            // Directory.CreateDirectory gives the mode to the last folder only.
            if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
                CreateDirectory(parent);
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            return;
        }
#endif
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
        return new FileStream(path, mode, FileAccess.ReadWrite, share);
    }

    /// <summary>Opens a file to read it, whole even while another process puts a new one in its place.</summary>
    public static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Removes group and other permissions from a file, which the caller has checked to be this user's; a link and what it leads to are left alone.
    /// By name: opening and closing a database file would drop SQLite's locks on it.
    /// </summary>
    public static void Tighten(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows() && UnixEntry.At(path, follow: false) is { IsRegular: true, OthersMayUse: true })
            File.SetUnixFileMode(path, OwnerOnly);
#endif
    }

    /// <summary>Returns true when another user owns an open file, or may read or write it. Looks at the open file, so that it is the one that is read.</summary>
    public static bool OthersMay(FileStream file)
    {
        if (StorePaths.IsWindows)
            return WindowsAccess.OthersMay(file);
        UnixEntry entry = UnixEntry.Of(file.SafeFileHandle);
#if NET
        return entry.Owner != UnixEntry.User || entry.OthersMayUse;
#else
        // .NET Framework runs on Windows; Mono, which its tests run on, cannot make a file with a mode.
        return entry.Owner != UnixEntry.User || entry.OthersMayWrite;
#endif
    }

    /// <summary>Puts a finished file in the place of another, so that a reader finds the old one or the new one, whole.</summary>
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
