using System;
using System.Collections.Generic;
using System.IO;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Copy;

/// <summary>Reads and changes files of this machine without ever following a link.</summary>
internal static class LocalFiles
{
    /// <summary>True on systems whose names have fewer characters.</summary>
    public static bool IsWindows => Path.DirectorySeparatorChar == '\\';

    /// <summary>Returns true for a symbolic link or a junction.</summary>
    public static bool IsLink(FileSystemInfo file) => file.Exists ? (file.Attributes & FileAttributes.ReparsePoint) != 0 : LinkTarget(file) is not null;

    /// <summary>Returns true when anything has this name, also a link that leads nowhere.</summary>
    public static bool Exists(string path) => File.Exists(path) || Directory.Exists(path) || LinkTarget(new FileInfo(path)) is not null;

    /// <summary>Returns the target of a link; null for no link, or where this system cannot read it.</summary>
    public static string? LinkTarget(FileSystemInfo file)
    {
#if NET
        return file.LinkTarget;
#else
        return null;
#endif
    }

    /// <summary>Makes a symbolic link. Returns false where this system or this user cannot.</summary>
    public static bool TryLink(string path, string target)
    {
#if NET
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception error) when (IsWindows && error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
#else
        return false;
#endif
    }

    /// <summary>Returns the permissions of a file or a folder.</summary>
    public static int Mode(FileSystemInfo file)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            return (int)file.UnixFileMode & 0x1FF;
#endif
        return file is DirectoryInfo ? 0x1ED : 0x1A4;
    }

    /// <summary>Sets the permissions of a file or a folder, where this system has them.</summary>
    public static void SetMode(string path, int mode)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)(mode & 0x1FF));
#endif
    }

    /// <summary>Returns the time of the last change in whole seconds since 1970, as archives and listings have it.</summary>
    public static long Seconds(FileSystemInfo file) => new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds();

    /// <summary>Lists the regular files and the folders below a folder, by their names in the form of a listing script. Returns one entry "." for a file, and none when nothing is there.</summary>
    public static Dictionary<string, ListedFile> List(string path)
    {
        var found = new Dictionary<string, ListedFile>(StringComparer.Ordinal);
        if (Directory.Exists(path) && !IsLink(new DirectoryInfo(path)))
            List(new DirectoryInfo(path), ".", found);
        else if (File.Exists(path) && !IsLink(new FileInfo(path)))
            found["."] = Listed(new FileInfo(path));
        return found;
    }

    /// <summary>Deletes a folder or a file, not what links in it lead to.</summary>
    public static void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path) && !IsLink(new DirectoryInfo(path)))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be deleted keeps its temporary name.
        }
    }

    /// <summary>Deletes the links in a folder, before something is written to it.</summary>
    public static void DeleteLinks(string folder)
    {
        foreach (FileSystemInfo child in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (IsLink(child))
                child.Delete();
            else if (child is DirectoryInfo)
                DeleteLinks(child.FullName);
        }
    }

    /// <summary>Gives what was unpacked its name. A file replaces a file in one step, and a folder is merged into a folder.</summary>
    /// <exception cref="PulseRunException">Conflict: the destination exists, or is of another kind.</exception>
    public static void Place(string from, string to, CopyMode mode)
    {
        bool isFolder = Directory.Exists(from) && !IsLink(new DirectoryInfo(from));
        if (!Exists(to))
        {
            if (isFolder)
                Directory.Move(from, to);
            else
                File.Move(from, to);
            return;
        }
        if (mode == CopyMode.New)
            throw AlreadyThere(to);
        bool isTargetLink = IsLink(new DirectoryInfo(to));
        bool isTargetFolder = Directory.Exists(to) && !isTargetLink;
        if (isFolder != isTargetFolder && !(isTargetLink && !isFolder))
        {
            throw new PulseRunException(ErrorIds.Conflict, "'" + CleanText.Clean(to, 300) + "' is "
                + (isTargetLink ? "a link, which a copy does not follow" : isTargetFolder ? "a folder, and the copy is a file" : "a file, and the copy is a folder") + ". It was not changed.");
        }
        if (!isFolder)
        {
            Replace(from, to);
            return;
        }
        foreach (FileSystemInfo child in new DirectoryInfo(from).EnumerateFileSystemInfos())
            Place(child.FullName, Path.Combine(to, child.Name), mode);
    }

    /// <summary>Returns the error of a destination that exists.</summary>
    public static PulseRunException AlreadyThere(string path) => new(ErrorIds.Conflict, "'" + CleanText.Clean(path, 300) + "' exists already. Nothing was changed.")
    {
        Advice = "Use -Force to replace files that exist, or -Update to copy what is newer or has another size.",
    };

    private static void Replace(string from, string to)
    {
#if NET
        File.Move(from, to, overwrite: true);
#else
        if (File.Exists(to))
            File.Delete(to);
        File.Move(from, to);
#endif
    }

    private static void List(DirectoryInfo folder, string name, Dictionary<string, ListedFile> found)
    {
        found[name] = new ListedFile('d', 0, 0);
        foreach (FileSystemInfo child in folder.EnumerateFileSystemInfos())
        {
            string path = name + "/" + child.Name;
            if (IsLink(child))
                found[path] = new ListedFile('l', 0, 0);
            else if (child is DirectoryInfo inner)
                List(inner, path, found);
            else
                found[path] = Listed((FileInfo)child);
        }
    }

    private static ListedFile Listed(FileInfo file) => new('f', file.Length, Seconds(file));
}
