using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Ssh;

/// <summary>The ssh client of this machine, with what the user decided about it.</summary>
/// <param name="program">Where it is.</param>
/// <param name="folder">A folder of this user's alone, for host keys and logs.</param>
/// <param name="policy">What to do about a host key.</param>
/// <param name="identityFile">A private key; null for the agent's keys and ssh's usual files.</param>
/// <param name="configFile">The person's own ssh configuration; null for none.</param>
internal sealed class SshClient(string program, string folder, HostKeyPolicy policy, string? identityFile, string? configFile)
{
    /// <summary>How much of ssh's log is looked at: its end.</summary>
    private const int LogTail = 256 * 1024;

    /// <summary>How long the Ctrl+C that ended ssh may take to arrive here.</summary>
    private static readonly TimeSpan s_interruptLag = TimeSpan.FromSeconds(5);

    /// <summary>How long what ssh wrote may take to be read after its end.</summary>
    private static readonly TimeSpan s_pipeLag = TimeSpan.FromSeconds(5);

    private readonly SshSettings _settings = new(Path.Combine(folder, "known_hosts"), policy, identityFile, configFile);

    /// <summary>The client.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable or JournalUnavailable.</exception>
    public static SshClient Open(string program, HostKeyPolicy policy, string? identityFile, string? configFile)
    {
        try
        {
            return new SshClient(program, Libraries.MakeSshFolder(), policy, identityFile, configFile);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was run: there is no place to keep host keys in. " + error.Message, error);
        }
    }

    /// <summary>A session in this terminal, until it ends. Blocks; Ctrl+C is ssh's, once it has the terminal.</summary>
    /// <returns>ssh's exit code.</returns>
    public int Enter(string instanceId, SshTarget target, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = Programs.StartInfo(program, SshArguments.Interactive(instanceId, target, _settings)) };
        Programs.Start(process);
        using (cancel.Register(() => Programs.Kill(process)))
            process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>Runs one command. Cancelling ends the client at once, not what runs there.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="target">Where it is.</param>
    /// <param name="command">The text for the shell there.</param>
    /// <param name="outFile">Gets the command's standard output as it comes; null to keep the first megabyte of it.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<CommandResult> RunAsync(Instance instance, SshTarget target, string command, string? outFile, CancellationToken cancel)
    {
        string logFile = Libraries.NewSshLog(folder);
        ProcessStartInfo start = Programs.StartInfo(program, SshArguments.Command(instance.Id, target, _settings, logFile, command));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        // Opened before anything runs: a command must not run for hours into a file that cannot be written.
        using Stream? file = outFile is null ? null : OpenOutput(outFile);
        try
        {
            using var process = new Process { StartInfo = start };
            var clock = Stopwatch.StartNew();
            Programs.Start(process);
            // Nothing is to be read there: a command that asks finds the end.
            process.StandardInput.Close();
            BoundedOutputBuffer output = new(), errors = new();
            OutputReader[] readers =
            [
                OutputReader.Start(process.StandardOutput.BaseStream, file, output, () => Programs.Kill(process)),
                OutputReader.Start(process.StandardError.BaseStream, null, errors, () => Programs.Kill(process)),
            ];
            await EndAsync(process, readers, cancel).ConfigureAwait(false);
            string log = ReadLog(logFile);
            if (SshExitClassifier.Failed(instance.Id, process.ExitCode, log, _settings.KnownHosts) is { } failure)
            {
                // The same Ctrl+C is about to arrive here: the command was stopped then, and did not fail.
                if (SshExitClassifier.IsInterrupted(process.ExitCode, log))
                    await Task.Delay(s_interruptLag, cancel).ConfigureAwait(false);
                throw failure;
            }
            return new CommandResult(instance)
            {
                Command = command,
                ExitCode = process.ExitCode,
                StdOut = output.ToText(),
                StdErr = errors.ToText(),
                OmittedBytes = output.Omitted + errors.Omitted,
                OutFile = outFile,
                Duration = clock.Elapsed,
            };
        }
        finally
        {
            RemoveLog(logFile);
        }
    }

    /// <summary>
    /// Waits until ssh has ended and all it wrote is read. Both waits are bounded by ssh's own end: a program that ssh has started (a proxy, a shared connection) may hold
    /// the pipes open after it, and a signal may end ssh first.
    /// </summary>
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
            long before;
            do
            {
                before = readers.Sum(static reader => reader.BytesRead);
                await Task.WhenAny(Task.WhenAll(ended, reading), Task.Delay(s_pipeLag, CancellationToken.None)).ConfigureAwait(false);
            }
            while (!(ended.IsCompleted && reading.IsCompleted) && readers.Sum(static reader => reader.BytesRead) != before);
        }
        cancel.ThrowIfCancellationRequested();
        foreach (Task failed in readers.Select(static reader => reader.Done).Where(static done => done.IsFaulted))
            await failed.ConfigureAwait(false);
    }

    private static FileStream OpenOutput(string path)
    {
        try
        {
            // Without a buffer: its last part would be written when the file is closed, where a full disk could not be reported.
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: the file cannot be written, and nothing was run. " + error.Message) { Field = "OutFile" };
        }
    }

    private static string ReadLog(string path)
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
            // A client that writes no log: its exit code has to do.
            return "";
        }
    }

    private static void RemoveLog(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It holds no secret, and stands in nobody's way.
        }
    }
}
