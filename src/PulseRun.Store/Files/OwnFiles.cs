using System.IO;
using PulseRun.Core.Text;

namespace PulseRun.Store.Files;

/// <summary>
/// Refuses folders and files that another user controls: what lies there may be the other user's, and what is written there the other user may read or replace.
/// On Windows a user's own folders are protected by inheritance, and only the file of profiles is checked (<see cref="WindowsAccess"/>).
/// </summary>
internal static class OwnFiles
{
    /// <summary>Makes a folder, its missing parents too, and refuses one that is not this user's alone to write.</summary>
    /// <exception cref="StoreUnavailableException">Insecure.</exception>
    /// <exception cref="IOException">It cannot be made or looked at.</exception>
    public static void MakeFolder(string path)
    {
        PrivateFiles.CreateDirectory(path);
        CheckFolder(path);
    }

    /// <summary>Refuses an existing folder that is not this user's, or that others may write. One that is not there is no danger.</summary>
    /// <exception cref="StoreUnavailableException">Insecure.</exception>
    public static void CheckFolder(string path)
    {
        if (Look(path) is not { } entry)
            return;
        if (!entry.IsFolder)
            throw new IOException("'" + CleanText.Clean(path, 300) + "' is not a folder.");
        Check(path, "folder", entry);
    }

    /// <summary>Refuses an existing file that is not this user's, that others may write, or that is no file. One that is not there is no danger.</summary>
    /// <exception cref="StoreUnavailableException">Insecure.</exception>
    /// <exception cref="IOException">It is no regular file.</exception>
    public static void CheckFile(string path)
    {
        if (Regular(path) is { } entry)
            Check(path, "file", entry);
    }

    /// <summary>Refuses what is no file, for a file whose permissions are checked once it is open: opening a pipe would wait for ever.</summary>
    /// <exception cref="StoreUnavailableException">Insecure: a link of another user.</exception>
    /// <exception cref="IOException">It is no regular file.</exception>
    public static void CheckKind(string path) => _ = Regular(path);

    private static UnixEntry? Regular(string path)
    {
        UnixEntry? entry = Look(path);
        return entry is null or { IsRegular: true } ? entry : throw new IOException("'" + CleanText.Clean(path, 300) + "' is not a regular file.");
    }

    /// <summary>Returns what a path leads to. A link that belongs to neither this user nor root is refused: its owner decides where it leads.</summary>
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
            throw Refuse("Others may write the " + kind + " '" + CleanText.Clean(path, 300) + "'.", "Run chmod go-w '" + CleanText.Clean(path, 300) + "' after you have checked what is in it");
    }

    private static StoreUnavailableException Refuse(string what, string advice) =>
        new(StoreFailure.Insecure, what + " " + advice + ", or set " + StorePaths.Override + " to a folder of your own.");
}
