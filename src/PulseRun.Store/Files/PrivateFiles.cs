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
    private const UnixFileMode Others = (UnixFileMode)0b111_111;
#endif

    /// <summary>Makes the folder. One that exists is left as it is: it may be one that the user named, and shares.</summary>
    public static void CreateDirectory(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
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

    /// <summary>Takes from others what they may do with a file. By its name: opening and closing a database file would drop SQLite's locks on it.</summary>
    public static void Tighten(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            File.SetUnixFileMode(path, OwnerOnly);
#endif
    }

    /// <summary>Whether anybody but the owner may read or write an open file. Asked of the open file, so that it is the one that is read.</summary>
    public static bool OthersMay(FileStream file)
    {
#if NET
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0;
#else
        return false;
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
