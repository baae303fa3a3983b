using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace PulseRun.Store.Files;

/// <summary>One process at a time. The system frees it when its process dies.</summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock. The file stays behind: removing it would let two in.</summary>
    /// <exception cref="IOException">Somebody holds it for longer than anybody should.</exception>
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

    public void Dispose() => _file.Dispose();
}
