using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Represents a command on an instance whose standard input and output are streams. Its methods block, so call them on a dedicated thread.</summary>
internal sealed class SshChannel : IDisposable
{
    private static readonly TimeSpan s_pipeLag = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _instanceId;
    private readonly string _logFile;
    private readonly string _knownHosts;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _registration;
    private readonly Task _reading;

    /// <summary>Starts the client.</summary>
    /// <param name="process">The client, not started.</param>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="logFile">The log of the client, which this object deletes.</param>
    /// <param name="knownHosts">The file of host keys, for messages.</param>
    /// <param name="word">The word at the start of lines of standard error that are a report and not output; null for none.</param>
    /// <param name="cancel">Kills the client.</param>
    public SshChannel(Process process, string instanceId, string logFile, string knownHosts, string? word, CancellationToken cancel)
    {
        _process = process;
        _instanceId = instanceId;
        _logFile = logFile;
        _knownHosts = knownHosts;
        _cancel = cancel;
        Programs.Start(process);
        _registration = cancel.Register(() => Programs.Kill(process));
        Errors = new ErrorStreamReader(word);
        _reading = OutputReader.OnOwnThread(() => Errors.Read(process.StandardError.BaseStream));
    }

    /// <summary>Gets the standard input of the command.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Gets the standard output of the command.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Gets what the command wrote on standard error.</summary>
    public ErrorStreamReader Errors { get; }

    /// <summary>Closes the standard input. The command reads its end.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The client has ended already; Finish reports why.
        }
    }

    /// <summary>Waits for the end of the command and returns its exit code.</summary>
    /// <exception cref="PulseRunException">SshFailed or HostKeyRejected: the connection failed or was lost.</exception>
    public int Finish()
    {
        CloseInput();
        _process.WaitForExit();
        // Another program may hold the pipe open after the client has ended.
#pragma warning disable VSTHRD002 // This is a dedicated thread, and the wait is bounded.
        _reading.Wait(s_pipeLag);
#pragma warning restore VSTHRD002
        _cancel.ThrowIfCancellationRequested();
        return SshExitClassifier.Failed(_instanceId, _process.ExitCode, SshClient.ReadLog(_logFile), _knownHosts) is { } failure ? throw failure : _process.ExitCode;
    }

    /// <summary>Kills the client if it still runs.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        Programs.Kill(_process);
        _process.Dispose();
        SshClient.RemoveLog(_logFile);
    }
}
