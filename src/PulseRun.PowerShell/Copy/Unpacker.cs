using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using PulseRun.Core.Copy;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Copy;

/// <summary>
/// Unpacks an archive from an instance into a new folder. Nothing is written outside it, whatever the archive contains: names are checked, an existing file is never
/// opened, and symbolic links are made after everything else was written, so that no entry can be written through one.
/// </summary>
/// <param name="stage">The temporary folder, which exists. The content is <see cref="Content"/>.</param>
/// <param name="options">The options, which say which files are left out.</param>
/// <param name="isThere">Returns true for a file that the destination has already; null to unpack all.</param>
/// <param name="onBytes">Receives the number of bytes that were written.</param>
/// <param name="cancel">Ends the work.</param>
internal sealed class Unpacker(string stage, CopyOptions options, Func<string, ListedFile, bool>? isThere, Action<long> onBytes, CancellationToken cancel)
{
    /// <summary>The number of links and folders that are remembered until the end. More of them are an attempt to fill the memory.</summary>
    private const int MaxRemembered = 1_000_000;

    private const int BufferSize = 1 << 18;

    private readonly Dictionary<string, (IReadOnlyList<string> Parts, string Target)> _links = new(StringComparer.Ordinal);
    private readonly List<(string Path, TarEntry Entry)> _folders = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly List<string> _skipped = [];
    private long _skippedCount;
    private bool _isFile;
    private bool _hasRoot;

    /// <summary>Gets the unpacked file or folder.</summary>
    public string Content { get; } = Path.Combine(stage, "in");

    public long Files { get; private set; }

    public long Bytes { get; private set; }

    public long Unchanged { get; private set; }

    /// <summary>Returns a warning about entries that were not copied; null for none.</summary>
    public string? Skipped => _skippedCount == 0 ? null
        : _skippedCount.ToString(System.Globalization.CultureInfo.InvariantCulture) + " entries were not copied, because they are devices or pipes, or links that lead out of the folder: " + string.Join(", ", _skipped) + (_skippedCount > _skipped.Count ? ", ..." : "") + ".";

    /// <summary>Unpacks everything.</summary>
    /// <exception cref="PulseRunException">UnsafeArchive: the archive was refused. CopyFailed: it is truncated, or cannot be written.</exception>
    public void Run(TarReader reader)
    {
        try
        {
            if (Directory.Exists(Content))
                LocalFiles.DeleteLinks(Content);
            while (reader.Next() is { } entry)
            {
                cancel.ThrowIfCancellationRequested();
                One(reader, entry);
            }
            if (!_hasRoot)
                throw Unsafe("it is empty");
            MakeLinks();
            FinishFolders();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.CopyFailed, "The copy cannot be written: " + error.Message + " Nothing was changed.");
        }
    }

    private void One(TarReader reader, TarEntry entry)
    {
        IReadOnlyList<string> parts = EntryPath.Parse(entry.Name, LocalFiles.IsWindows);
        if (!_hasRoot)
        {
            _hasRoot = true;
            // The first entry of a folder is the folder itself; the first and only entry of a single file has one name.
            _isFile = parts.Count == 1 && entry.Kind == TarKind.File && isThere is null;
            if (_isFile)
            {
                Write(reader, entry, Content);
                return;
            }
            Directory.CreateDirectory(Content);
        }
        if (_isFile)
            throw Unsafe("it contains more than the file");
        if (entry.IsNameReplaced)
        {
            Skip(parts);
            return;
        }
        if (parts.Count == 0)
        {
            if (entry.Kind != TarKind.Folder)
                throw Unsafe("the folder itself is no folder");
            Remember(Content, entry);
            return;
        }
        if (options.Filter.Excludes(parts))
            return;
        string path = parts.Aggregate(Content, Path.Combine);
        switch (entry.Kind)
        {
            case TarKind.Folder:
                Directory.CreateDirectory(path);
                Remember(path, entry);
                break;
            case TarKind.File:
                if (isThere is not null && isThere("./" + string.Join("/", parts), new ListedFile('f', entry.Size, entry.Modified.ToUnixTimeSeconds())))
                {
                    Unchanged++;
                    break;
                }
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Write(reader, entry, path);
                break;
            case TarKind.Link:
                if (EntryPath.StaysInside(parts, entry.Link))
                    AddLink(parts, entry.Link);
                else
                    Skip(parts);
                break;
            case TarKind.HardLink:
                HardLink(entry, parts, path);
                break;
            default:
                Skip(parts);
                break;
        }
    }

    /// <summary>Writes a file under a temporary name, and renames it when it is complete.</summary>
    private void Write(TarReader reader, TarEntry entry, string path)
    {
        CheckSpace(entry.Size);
        string part = Path.Combine(stage, "part");
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1))
        {
            int count;
            while ((count = reader.Read(_buffer)) > 0)
            {
                cancel.ThrowIfCancellationRequested();
                file.Write(_buffer, 0, count);
                Bytes += count;
                onBytes(count);
            }
        }
        Finish(part, entry, path);
    }

    private void Finish(string part, TarEntry entry, string path)
    {
        File.SetLastWriteTimeUtc(part, entry.Modified.UtcDateTime);
        LocalFiles.SetMode(part, entry.Mode);
        // Fails for a name that exists, also one that this file system takes for the same. An interrupted copy that continues replaces its own file.
        if (options.Mode == CopyMode.Update && File.Exists(path))
            File.Delete(path);
        File.Move(part, path);
        Files++;
    }

    private void HardLink(TarEntry entry, IReadOnlyList<string> parts, string path)
    {
        IReadOnlyList<string> target = EntryPath.Parse(entry.Link, LocalFiles.IsWindows);
        if (_links.TryGetValue(string.Join("/", target), out (IReadOnlyList<string> Parts, string Target) link))
        {
            AddLink(parts, link.Target);
            return;
        }
        // No link has been made yet, so this is a file of the archive.
        string source = target.Aggregate(Content, Path.Combine);
        if (target.Count == 0 || !File.Exists(source))
            throw Unsafe("the hard link '" + CleanText.Clean(entry.Name, 200) + "' leads to no earlier file of the archive");
        CheckSpace(new FileInfo(source).Length);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string part = Path.Combine(stage, "part");
        File.Copy(source, part, overwrite: true);
        Finish(part, entry, path);
    }

    private void AddLink(IReadOnlyList<string> parts, string target)
    {
        if (_links.Count >= MaxRemembered)
            throw Unsafe("it contains more links than any folder has");
        string name = string.Join("/", parts);
        if (_links.ContainsKey(name))
            throw Unsafe("it contains the link '" + CleanText.Clean(name, 200) + "' twice");
        _links.Add(name, (parts, target));
    }

    private void MakeLinks()
    {
        // All folders first: a link that is made cannot become the parent of another one.
        foreach ((IReadOnlyList<string> parts, _) in _links.Values)
            Directory.CreateDirectory(Path.GetDirectoryName(parts.Aggregate(Content, Path.Combine))!);
        foreach ((IReadOnlyList<string> parts, string target) in _links.Values)
        {
            string path = parts.Aggregate(Content, Path.Combine);
            if (LocalFiles.Exists(path))
                throw Unsafe("it contains two entries with the name '" + CleanText.Clean(string.Join("/", parts), 200) + "'");
            if (!LocalFiles.TryLink(path, target))
                Skip(parts);
        }
    }

    /// <summary>Sets the times and permissions of folders, which were writable until here.</summary>
    private void FinishFolders()
    {
        for (int i = _folders.Count - 1; i >= 0; i--)
        {
            (string path, TarEntry entry) = _folders[i];
            Directory.SetLastWriteTimeUtc(path, entry.Modified.UtcDateTime);
            // This user must be able to rename and to delete what was copied.
            LocalFiles.SetMode(path, entry.Mode | 0x1C0);
        }
    }

    private void Remember(string path, TarEntry entry)
    {
        if (_folders.Count < MaxRemembered)
            _folders.Add((path, entry));
    }

    private void Skip(IReadOnlyList<string> parts)
    {
        _skippedCount++;
        if (_skipped.Count < 5)
            _skipped.Add("'" + CleanText.Clean(string.Join("/", parts), 100) + "'");
    }

    private void CheckSpace(long size)
    {
        // Writing a small file is faster than asking for the free space.
        if (size < 1 << 20)
            return;
        long free;
        try
        {
            free = new DriveInfo(LocalFiles.IsWindows ? Path.GetPathRoot(Path.GetFullPath(stage))! : stage).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A network drive may not report its free space. Then the write fails if there is none.
            return;
        }
        if (free < size)
            throw new PulseRunException(ErrorIds.CopyFailed, string.Format(System.Globalization.CultureInfo.InvariantCulture, "A file of {0:N0} bytes does not fit on the disk of '{1}', which has {2:N0} bytes left. Nothing was changed.", size, CleanText.Clean(stage, 200), free));
    }

    private static PulseRunException Unsafe(string why) => new(ErrorIds.UnsafeArchive, "The archive was refused: " + why + ".");
}
