using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Files;

namespace PulseRun.Store.Cleanup;

/// <summary>The audit, one JSON object a line.</summary>
internal sealed class AuditFile(string path) : IAuditLog
{
    public void Append(IReadOnlyList<CleanupAuditLine> lines)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
                PrivateFiles.CreateDirectory(directory);
            // Two processes that append at once would each write at the end they saw.
            using FileLock alone = FileLock.Acquire(path + ".lock");
            Write(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The audit '" + path + "' cannot be written. " + e.Message, e);
        }
    }

    private void Write(IReadOnlyList<CleanupAuditLine> lines)
    {
        long before = -1;
        try
        {
            using FileStream file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.Read);
            before = file.Length;
            // Of a line that a power failure cut, only that line is lost.
            if (before > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() != '\n')
                    file.WriteByte((byte)'\n');
            }
            foreach (CleanupAuditLine line in lines)
            {
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(line, AuditJson.Default.CleanupAuditLine);
                file.Write(json, 0, json.Length);
                file.WriteByte((byte)'\n');
            }
            file.Flush(flushToDisk: true);
        }
        catch when (before >= 0)
        {
            // A full disk and a file that may not grow are different exceptions.
            Truncate(before);
            throw;
        }
    }

    /// <summary>A full disk takes a part of a line. Without it, a line that is not whole never stands for an act. The file is opened anew: the stream that failed still holds the rest.</summary>
    private void Truncate(long length)
    {
        try
        {
            using FileStream file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.Read);
            file.SetLength(length);
        }
        catch (IOException)
        {
            // The next line begins with a line break then.
        }
    }
}
