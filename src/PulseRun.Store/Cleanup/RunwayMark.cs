using System;
using System.Globalization;
using System.IO;
using System.Text;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Files;

namespace PulseRun.Store.Cleanup;

/// <summary>Keeps the time of the last notification in a small file, which is locked while a process decides and notifies. The operating system releases the lock of a process that ends.</summary>
internal sealed class RunwayMark : IRunwayMark
{
    /// <summary>A file that is longer was not written by this class.</summary>
    private const int MaxLength = 64;

    private readonly FileStream _file;

    private RunwayMark(FileStream file) => _file = file;

    public DateTimeOffset? Delivered
    {
        get
        {
            byte[] bytes = new byte[MaxLength];
            _file.Position = 0;
            int length = _file.Read(bytes, 0, bytes.Length);
            return DateTimeOffset.TryParseExact(Encoding.ASCII.GetString(bytes, 0, length), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at) ? at : null;
        }
        set
        {
            byte[] bytes = value is { } at ? Encoding.ASCII.GetBytes(at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)) : [];
            if (bytes.Length == 0 && _file.Length == 0)
                return;
            _file.SetLength(0);
            _file.Position = 0;
            _file.Write(bytes, 0, bytes.Length);
            _file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Takes the mark of an account; null while another process has it.</summary>
    /// <param name="folder">The folder of the store.</param>
    /// <param name="account">The digest of the account.</param>
    /// <exception cref="StoreUnavailableException">The folder cannot be created or written, or another user controls it.</exception>
    public static RunwayMark? TryTake(string folder, string account)
    {
        string path = Path.Combine(folder, "runway-" + account.ToLowerInvariant());
        try
        {
            OwnFiles.MakeFolder(folder);
            return new RunwayMark(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (error is IOException and not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && File.Exists(path))
                return null;
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The file '" + path + "' cannot be written. " + error.Message);
        }
    }

    public void Dispose() => _file.Dispose();
}
