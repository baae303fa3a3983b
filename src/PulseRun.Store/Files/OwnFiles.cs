using System.IO;
using PulseRun.Core.Text;

namespace PulseRun.Store.Files;

/// <summary>
/// Rejects folders and files that another user controls: their content may come from that user, who may also read or replace what is written there.
/// On Windows the user's own folders are protected by inherited permissions, and only the profile file is checked (<see cref="WindowsAccess"/>).
/// </summary>
internal static class OwnFiles
{
    /// <summary>Creates a folder and its missing parents. Throws when another user owns the folder or can write to it.</summary>
    /// <exception cref="StoreUnavailableException">Insecure: another user controls the folder.</exception>
    /// <exception cref="IOException">The folder cannot be created, or its owner cannot be read.</exception>
    public static void MakeFolder(string path)
    {
        PrivateFiles.CreateDirectory(path);
        CheckFolder(path);
    }

    /// <summary>Throws when a folder exists and another user owns it or can write to it. A missing folder is accepted.</summary>
    /// <exception cref="StoreUnavailableException">Insecure: another user controls the folder.</exception>
    public static void CheckFolder(string path)
    {
        if (Look(path) is not { } entry)
            return;
        if (!entry.IsFolder)
            throw new IOException("'" + CleanText.Clean(path, 300) + "' is not a folder.");
        Check(path, "folder", entry);
    }

    /// <summary>Throws when a file exists and another user owns it or can write to it, or it is not a regular file. A missing file is accepted.</summary>
    /// <exception cref="StoreUnavailableException">Insecure: another user controls the file.</exception>
    /// <exception cref="IOException">The path is not a regular file.</exception>
    public static void CheckFile(string path)
    {
        if (Regular(path) is { } entry)
            Check(path, "file", entry);
    }

    /// <summary>Throws when the path is not a regular file, because opening a pipe would block. For files whose permissions are checked after opening.</summary>
    /// <exception cref="StoreUnavailableException">Insecure: the path is a link that another user owns.</exception>
    /// <exception cref="IOException">The path is not a regular file.</exception>
    public static void CheckKind(string path) => _ = Regular(path);

    private static UnixEntry? Regular(string path)
    {
        UnixEntry? entry = Look(path);
        return entry is null or { IsRegular: true } ? entry : throw new IOException("'" + CleanText.Clean(path, 300) + "' is not a regular file.");
    }

    /// <summary>Returns the target of a path; null when nothing exists there. Throws for a link that belongs to neither this user nor root, because its owner controls where it leads.</summary>
    private static UnixEntry? Look(string path)
    {
        if (StorePaths.IsWindows)
            return null;
        if (UnixEntry.At(path, follow: false) is not { } entry)
            return null;
        if (!entry.IsLink)
            return entry;
        if (entry.Owner != UnixEntry.User && entry.Owner != 0)
            throw Refuse("'" + CleanText.Clean(path, 300) + "' is a link that belongs to another user.", "Remove it");
        return UnixEntry.At(path, follow: true);
    }

    private static void Check(string path, string kind, UnixEntry entry)
    {
        string name = "The " + kind + " '" + CleanText.Clean(path, 300) + "'";
        if (entry.Owner != UnixEntry.User)
            throw Refuse(name + " belongs to another user.", "Remove it");
        if (entry.OthersMayWrite)
            throw Refuse("Other users can write to the " + kind + " '" + CleanText.Clean(path, 300) + "'.", "Run chmod go-w '" + CleanText.Clean(path, 300) + "' after you have checked its content");
    }

    private static StoreUnavailableException Refuse(string what, string advice) =>
        new(StoreFailure.Insecure, what + " " + advice + ", or set " + StorePaths.Override + " to a folder of your own.");
}
