using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Represents the ssh client of a tunnel. Its standard input stays open for as long as this process lives; the client ends with it.</summary>
internal sealed class TunnelProcess : IDisposable
{
    /// <summary>Runs a program and ends it when the standard input ends, which is when the process that holds it ends for any reason.</summary>
    public const string Watch = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        p=$!
        { cat <&3 >/dev/null; kill "$p" 2>/dev/null; } &
        exec 3<&-
        wait "$p"
        """;

    private readonly Process _process;
    private readonly string _instanceId;
    private readonly string _logFile;
    private readonly string _knownHosts;
    private int _disposed;

    public TunnelProcess(Process process, string instanceId, string logFile, string knownHosts)
    {
        _process = process;
        _instanceId = instanceId;
        _logFile = logFile;
        _knownHosts = knownHosts;
        Programs.Start(process);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, 4096, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, 4096, CancellationToken.None);
    }

    /// <summary>Gets a value that is true once ssh listens at the local port. ssh writes this line after it has logged in and bound the port, and ends before if it cannot.</summary>
    public bool IsOpen => SshClient.ReadLog(_logFile).Contains("Entering interactive session");

    /// <summary>Returns why the client ended; null while it runs.</summary>
    public PulseRunException? Failure()
    {
        if (!_process.HasExited)
            return null;
        string log = SshClient.ReadLog(_logFile);
        if (log.Contains("Address already in use") || log.Contains("cannot listen to port"))
            return new PulseRunException(ErrorIds.SshFailed, "The tunnel to '" + _instanceId + "' cannot be opened, because the local port is in use.");
        return SshExitClassifier.Failed(_instanceId, _process.ExitCode, log, _knownHosts)
            ?? new PulseRunException(ErrorIds.SshFailed, "The tunnel to '" + _instanceId + "' ended.");
    }

    /// <summary>Waits until the client has ended.</summary>
    public void WaitForExit()
    {
        try
        {
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // Another thread closed the tunnel.
        }
    }

    /// <summary>Ends the client.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(5000))
                Programs.Kill(_process);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // The client has ended already.
        }
        SshClient.RemoveLog(_logFile);
    }
}
