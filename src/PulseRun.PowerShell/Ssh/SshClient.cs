using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Runs the ssh client of this machine with the options of the user.</summary>
/// <param name="program">The path of the program.</param>
/// <param name="folder">The folder for host keys and logs, which only this user can access.</param>
/// <param name="policy">The treatment of new host keys.</param>
/// <param name="identityFile">The private key; null for the keys of the agent and the default files of ssh.</param>
/// <param name="configFile">The user's ssh configuration file; null for none.</param>
/// <param name="knownHosts">The file for host keys; null for that of this module.</param>
internal sealed class SshClient(string program, string folder, HostKeyPolicy policy, string? identityFile, string? configFile, string? knownHosts)
{
    /// <summary>The number of bytes at the end of ssh's log that are searched for the cause of a failure.</summary>
    private const int LogTail = 256 * 1024;

    /// <summary>The longest wait until the Ctrl+C that ended ssh reaches this process.</summary>
    private static readonly TimeSpan s_interruptLag = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait, after ssh has ended, until its output is read.</summary>
    private static readonly TimeSpan s_pipeLag = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait for output that still comes after ssh has ended: another program holds the pipes and writes.</summary>
    private static readonly TimeSpan s_longestPipeLag = TimeSpan.FromSeconds(15);

    private readonly SshSettings _settings = new(knownHosts ?? Path.Combine(folder, "known_hosts"), policy, identityFile, configFile);

    /// <summary>Returns a client. Creates the folder for host keys if necessary.</summary>
    /// <exception cref="PulseRunException">JournalUnavailable: the folder for host keys cannot be used.</exception>
    public static SshClient Open(string program, HostKeyPolicy policy, string? identityFile, string? configFile, string? knownHosts)
    {
        try
        {
            return new SshClient(program, Libraries.MakeSshFolder(), policy, identityFile, configFile, knownHosts);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was run, because host keys cannot be stored. " + error.Message, error);
        }
    }

    /// <summary>Runs a session in this terminal and returns when it ends. While it runs, Ctrl+C is passed to the remote shell.</summary>
    /// <returns>The exit code of ssh.</returns>
    public int Enter(string instanceId, SshTarget target, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = Programs.StartInfo(program, SshArguments.Interactive(instanceId, target, _settings)) };
        Programs.Start(process);
        using (cancel.Register(() => Programs.Kill(process)))
            process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>Runs one command. Cancelling ends the client at once; the command may continue on the instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="target">The ssh address of the instance.</param>
    /// <param name="command">The text for the remote shell.</param>
    /// <param name="outFile">The file that the standard output is written to while the command runs; null to keep the first megabyte in memory.</param>
    /// <param name="written">Receives the output, also of a command that is cancelled.</param>
    /// <param name="cancel">Ends the client.</param>
    public async Task<CommandResult> RunAsync(Instance instance, SshTarget target, string command, string? outFile, CommandOutput written, CancellationToken cancel)
    {
        string logFile = Libraries.NewSshLog(folder);
        ProcessStartInfo start = Programs.StartInfo(program, SshArguments.Command(instance.Id, target, _settings, logFile, command));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        // The file is opened before the command starts, so that a command does not run for hours and then cannot write its output.
        using Stream? file = outFile is null ? null : OpenOutput(outFile);
        try
        {
            using var process = new Process { StartInfo = start };
            var clock = Stopwatch.StartNew();
            Programs.Start(process);
            // The remote command has no input: a prompt in it reads the end of the stream instead of waiting.
            process.StandardInput.Close();
            OutputReader[] readers =
            [
                OutputReader.Start(process.StandardOutput.BaseStream, file, written.Output, () => Programs.Kill(process)),
                OutputReader.Start(process.StandardError.BaseStream, null, written.Errors, () => Programs.Kill(process)),
            ];
            await EndAsync(process, readers, cancel).ConfigureAwait(false);
            string log = ReadLog(logFile);
            if (SshExitClassifier.Failed(instance.Id, process.ExitCode, log, _settings.KnownHosts) is { } failure)
            {
                // Ctrl+C reaches ssh and this process. If ssh ended first, wait for it here, so that the command counts as stopped and not as failed.
                if (SshExitClassifier.IsInterrupted(process.ExitCode, log))
                    await Task.Delay(s_interruptLag, cancel).ConfigureAwait(false);
                throw failure;
            }
            return written.ToResult(instance, command, process.ExitCode, outFile, clock.Elapsed);
        }
        finally
        {
            RemoveLog(logFile);
        }
    }

    /// <summary>Starts a command whose standard input and output are streams.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="target">The ssh address of the instance.</param>
    /// <param name="command">The text for the remote shell.</param>
    /// <param name="word">The word at the start of lines of standard error that are a report; null for none.</param>
    /// <param name="cancel">Kills the client.</param>
    public SshChannel OpenChannel(string instanceId, SshTarget target, string command, string? word, CancellationToken cancel)
    {
        string logFile = Libraries.NewSshLog(folder);
        ProcessStartInfo start = Programs.StartInfo(program, SshArguments.Channel(instanceId, target, _settings, logFile, command));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        return new SshChannel(new Process { StartInfo = start }, instanceId, logFile, _settings.KnownHosts, word, cancel);
    }

    /// <summary>Starts a tunnel. It ends with this process.</summary>
    public TunnelProcess OpenTunnel(string instanceId, SshTarget target, int localPort, int remotePort)
    {
        string logFile = Libraries.NewSshLog(folder);
        // Windows has no shell to watch this process; there, the end of the input ends the remote command and with it the client.
        bool isWindows = Path.DirectorySeparatorChar == '\\';
        IReadOnlyList<string> arguments = SshArguments.Tunnel(instanceId, target, _settings, logFile, localPort, remotePort, isWindows ? "exec cat >/dev/null" : null);
        ProcessStartInfo start = isWindows ? Programs.StartInfo(program, arguments) : Programs.StartInfo("/bin/sh", ["-c", TunnelProcess.Watch.Replace("\r", ""), "sh", program, .. arguments]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        return new TunnelProcess(new Process { StartInfo = start }, instanceId, logFile, _settings.KnownHosts);
    }

    /// <summary>
    /// Waits until ssh has ended and its output is read. The wait for the output is bounded once ssh has ended: a program that ssh started (a proxy, a shared connection) may hold
    /// the pipes open after it, or even keep writing, and a signal may end ssh first. What ssh itself wrote fits into the pipes and is read in no time.
    /// </summary>
    /// <remarks>
    /// Nothing here may block a thread of the pool: while the processor is busy, .NET adds threads to a full pool so slowly that the timers and continuations below would be half a minute late.
    /// </remarks>
    private static async Task EndAsync(Process process, OutputReader[] readers, CancellationToken cancel)
    {
        Task ended = OutputReader.OnOwnThread(process.WaitForExit);
        Task reading = Task.WhenAll(Array.ConvertAll(readers, static reader => reader.Done));
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancel.Register(() =>
        {
            Programs.Kill(process);
            cancelled.TrySetResult(true);
        }))
        {
            await Task.WhenAny(ended, cancelled.Task).ConfigureAwait(false);
            var waiting = Stopwatch.StartNew();
            long before;
            do
            {
                before = readers.Sum(static reader => reader.BytesRead);
                await Task.WhenAny(Task.WhenAll(ended, reading), Task.Delay(s_pipeLag, CancellationToken.None)).ConfigureAwait(false);
            }
            while (!(ended.IsCompleted && reading.IsCompleted) && readers.Sum(static reader => reader.BytesRead) != before && waiting.Elapsed < s_longestPipeLag && !cancel.IsCancellationRequested);
        }
        cancel.ThrowIfCancellationRequested();
        foreach (Task failed in readers.Select(static reader => reader.Done).Where(static done => done.IsFaulted))
            await failed.ConfigureAwait(false);
    }

    private static FileStream OpenOutput(string path)
    {
        try
        {
            // The file is unbuffered, because a buffer is flushed when the file is closed, where a full disk could not be reported.
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: the file '" + path + "' cannot be written, and nothing was run. " + error.Message) { Field = "OutFile" };
        }
    }

    /// <summary>Returns the end of a log of ssh; empty when it cannot be read.</summary>
    internal static string ReadLog(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(Math.Max(0, file.Length - LogTail), SeekOrigin.Begin);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Some clients write no log. The exit code alone decides then.
            return "";
        }
    }

    /// <summary>Deletes a log of ssh.</summary>
    internal static void RemoveLog(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The log contains no secret, and the next run has a log of its own, so a log that cannot be deleted is harmless.
        }
    }
}
