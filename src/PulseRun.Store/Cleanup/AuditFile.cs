using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Files;

namespace PulseRun.Store.Cleanup;

/// <summary>Writes the audit file: one JSON object per line.</summary>
internal sealed class AuditFile(string path) : IAuditLog
{
    public void Append(IReadOnlyList<CleanupAuditLine> lines)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
                PrivateFiles.CreateDirectory(directory);
            // The file is locked, because two processes that append at the same time would both write at the end that they read before.
            using FileLock alone = FileLock.Acquire(path + ".lock");
            Write(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The audit file '" + path + "' cannot be written. " + e.Message, e);
        }
    }

    private void Write(IReadOnlyList<CleanupAuditLine> lines)
    {
        long before = -1;
        try
        {
            using FileStream file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.Read);
            before = file.Length;
            // A power failure may have truncated the last line. A line break first keeps the new line whole.
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
            // Any exception: a full disk and a file size limit are reported by different types.
            Truncate(before);
            throw;
        }
    }

    /// <summary>Removes a line that was written only in part, for example to a full disk, so that an incomplete line never stands for an act. Opens the file again, because the failed stream still buffers the rest of the line.</summary>
    private void Truncate(long length)
    {
        try
        {
            using FileStream file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.Read);
            file.SetLength(length);
        }
        catch (IOException)
        {
            // The incomplete line stays. The next write begins with a line break.
        }
    }
}
