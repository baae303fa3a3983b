using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>
/// Reads what a program writes to one pipe, on a thread of its own, because the read may block for as long as a command takes. Threads of the pool are left to timers, time limits
/// and requests.
/// </summary>
internal sealed class OutputReader
{
    private readonly Stream _pipe;
    private readonly Stream? _file;
    private readonly BoundedOutputBuffer _keeper;
    private readonly Action _onFailed;
    private long _read;

    private OutputReader(Stream pipe, Stream? file, BoundedOutputBuffer keeper, Action onFailed)
    {
        _pipe = pipe;
        _file = file;
        _keeper = keeper;
        _onFailed = onFailed;
        Done = OnOwnThread(Read);
    }

    /// <summary>Completes at the end of the pipe; fails when the file cannot be written.</summary>
    public Task Done { get; }

    /// <summary>How many bytes were read.</summary>
    public long BytesRead => Interlocked.Read(ref _read);

    /// <summary>Starts to read.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="file">Gets what is read; null to keep it.</param>
    /// <param name="keeper">Keeps what is read, where there is no file.</param>
    /// <param name="onFailed">Runs when the file cannot be written: the program would wait for ever for the pipe to be read.</param>
    public static OutputReader Start(Stream pipe, Stream? file, BoundedOutputBuffer keeper, Action onFailed) => new(pipe, file, keeper, onFailed);

    /// <summary>Runs something that blocks for as long as a command takes.</summary>
    public static Task OnOwnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private void Read()
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = _pipe.Read(buffer, 0, buffer.Length)) > 0)
            {
                if (_file is null)
                    _keeper.Add(buffer, count);
                else
                    _file.Write(buffer, 0, count);
                Interlocked.Add(ref _read, count);
            }
            _file?.Flush();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended without waiting for a program that holds the pipe.
        }
        catch (IOException) when (_file is null)
        {
            // The pipe is gone: that is its end.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _onFailed();
            throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: the output cannot be written. " + error.Message + " The connection was closed; the command may go on there.") { Field = "OutFile" };
        }
    }
}
