using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace PulseRun.Store.Files;

/// <summary>Provides a lock between processes. The operating system releases it when the process ends.</summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock and returns it. The file is never deleted: another process could then lock a new file of the same name while the old one is still locked.</summary>
    /// <exception cref="IOException">Another process held the lock for longer than the time limit.</exception>
    public static FileLock Acquire(string path)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileLock(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && waited.Elapsed < s_patience && File.Exists(path))
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Gets or sets a mark in the file, which stays when the lock is released.</summary>
    public bool IsMarked
    {
        get => _file.Length > 0;
        set => _file.SetLength(value ? 1 : 0);
    }

    public void Dispose() => _file.Dispose();
}
