using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>
/// Reads the output of a program from one pipe, on a dedicated thread, because the read may block for as long as a command runs. The thread pool is left to timers
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

    /// <summary>Gets the number of bytes read.</summary>
    public long BytesRead => Interlocked.Read(ref _read);

    /// <summary>Starts reading on a new thread.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="file">The file that the output is written to; null to keep it in memory.</param>
    /// <param name="keeper">The buffer for the output when there is no file.</param>
    /// <param name="onFailed">Called when the file cannot be written. It must end the program, which otherwise would block for ever on the full pipe.</param>
    public static OutputReader Start(Stream pipe, Stream? file, BoundedOutputBuffer keeper, Action onFailed) => new(pipe, file, keeper, onFailed);

    /// <summary>Runs work that may block for as long as a command runs, on a dedicated thread.</summary>
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
            // The caller closed the pipe, because the command ended while another program still holds the pipe open.
        }
        catch (IOException) when (_file is null)
        {
            // A closed pipe is the end of the output.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _onFailed();
            throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: the output cannot be written. " + error.Message + " The connection was closed; the command may still run on the instance.") { Field = "OutFile" };
        }
    }
}
