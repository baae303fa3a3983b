using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using PulseRun.Core.Copy;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Copy;

/// <summary>A file or a folder of this machine, and its name in the archive.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Name">The name in the archive, without a slash at its ends.</param>
internal sealed record PackItem(string Path, string Name);

/// <summary>Writes files and folders of this machine to an archive. Links are kept as links, except for an item that the user named.</summary>
/// <param name="items">The files and folders.</param>
/// <param name="options">The options, which say which files are left out.</param>
/// <param name="isThere">Returns true for a file that the destination has already; null to send all. Its arguments are the first part of the name in the archive, the name below it ("." for itself) and the file.</param>
/// <param name="cancel">Ends the work.</param>
internal sealed class Packer(IReadOnlyList<PackItem> items, CopyOptions options, Func<string, string, ListedFile, bool>? isThere, CancellationToken cancel)
{
    private const int BufferSize = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferSize];

    /// <summary>Gets the number of files of the last pass.</summary>
    public long Files { get; private set; }

    /// <summary>Gets the bytes of the files of the last pass.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the number of files that the destination has already.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Gets the number of folders and links that the destination lacks.</summary>
    public long NewOthers { get; private set; }

    /// <summary>Counts what <see cref="Write"/> will send.</summary>
    public void Scan() => Visit(null, null);

    /// <summary>Writes all files and folders of the copy to the archive.</summary>
    /// <param name="writer">The archive.</param>
    /// <param name="onBytes">Receives the number of bytes that were written.</param>
    public void Write(TarWriter writer, Action<long> onBytes) => Visit(writer, onBytes);

    private void Visit(TarWriter? writer, Action<long>? onBytes)
    {
        Files = Bytes = Unchanged = NewOthers = 0;
        foreach (PackItem item in items)
        {
            try
            {
                // The item itself may be a link: the user named it.
                if (Directory.Exists(item.Path))
                    Folder(new DirectoryInfo(item.Path), item.Name, [], writer, onBytes);
                else
                    OneFile(Resolved(item.Path), item.Name, writer, onBytes);
            }
            catch (Exception error) when (error is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
            {
                throw new PulseRunException(ErrorIds.CopyFailed, "'" + CleanText.Clean(item.Path, 300) + "' cannot be read: " + error.Message);
            }
        }
    }

    private static FileInfo Resolved(string path)
    {
        var file = new FileInfo(path);
#if NET
        return file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
#else
        return file;
#endif
    }

    private void Folder(DirectoryInfo folder, string name, List<string> parts, TarWriter? writer, Action<long>? onBytes)
    {
        cancel.ThrowIfCancellationRequested();
        Other(name, 'd');
        writer?.Begin(new TarEntry { Name = name + "/", Kind = TarKind.Folder, Mode = LocalFiles.Mode(folder) | 0x1C0, Modified = folder.LastWriteTimeUtc });
        foreach (FileSystemInfo child in folder.EnumerateFileSystemInfos())
        {
            parts.Add(child.Name);
            string childName = name + "/" + child.Name;
            if (options.Filter.Excludes(parts))
            {
                parts.RemoveAt(parts.Count - 1);
                continue;
            }
            if (LocalFiles.IsLink(child))
            {
                if (LocalFiles.LinkTarget(child) is { } target)
                {
                    Other(childName, 'l');
                    writer?.Begin(new TarEntry { Name = childName, Kind = TarKind.Link, Mode = 0x1FF, Modified = child.LastWriteTimeUtc, Link = LocalFiles.IsWindows ? target.Replace('\\', '/') : target });
                }
            }
            else if (child is DirectoryInfo inner)
            {
                Folder(inner, childName, parts, writer, onBytes);
            }
            else
            {
                OneFile((FileInfo)child, childName, writer, onBytes);
            }
            parts.RemoveAt(parts.Count - 1);
        }
    }

    private void Other(string name, char kind)
    {
        if (!IsThere(name, new ListedFile(kind, 0, 0)))
            NewOthers++;
    }

    private bool IsThere(string name, ListedFile file)
    {
        int slash = name.IndexOf('/');
        return isThere is not null && (slash < 0 ? isThere(name, ".", file) : isThere(name.Remove(slash), name.Remove(0, slash).Insert(0, "."), file));
    }

    private void OneFile(FileInfo file, string name, TarWriter? writer, Action<long>? onBytes)
    {
        cancel.ThrowIfCancellationRequested();
        long size = file.Length;
        if (IsThere(name, new ListedFile('f', size, LocalFiles.Seconds(file))))
        {
            Unchanged++;
            return;
        }
        Files++;
        if (writer is null)
        {
            Bytes += size;
            return;
        }
        // A pipe or a device has no length, and opening one can block for ever. Nothing without a length is opened.
        using FileStream? content = size == 0 ? null : new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
        writer.Begin(new TarEntry { Name = name, Kind = TarKind.File, Size = size, Mode = LocalFiles.Mode(file), Modified = file.LastWriteTimeUtc });
        long left = size;
        while (left > 0)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Read(content!, left);
            if (count == 0)
                throw new PulseRunException(ErrorIds.CopyFailed, "'" + CleanText.Clean(file.FullName, 300) + "' became shorter while it was copied.");
            writer.Write(_buffer, count);
            left -= count;
            onBytes?.Invoke(count);
        }
        Bytes += size;
    }

    private int Read(FileStream content, long left)
    {
        try
        {
            return content.Read(_buffer, 0, (int)Math.Min(_buffer.Length, left));
        }
        catch (IOException error)
        {
            throw new PulseRunException(ErrorIds.CopyFailed, "'" + CleanText.Clean(content.Name, 300) + "' cannot be read: " + error.Message);
        }
    }
}
