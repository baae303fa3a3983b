using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Loading;
using PulseRun.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>The ssh client of this machine, with what the user decided about it.</summary>
/// <param name="program">Where it is.</param>
/// <param name="folder">A folder of this user's alone, for host keys and logs.</param>
/// <param name="policy">What to do about a host key.</param>
/// <param name="identityFile">A private key; null for the agent's keys and ssh's usual files.</param>
internal sealed class SshClient(string program, string folder, HostKeyPolicy policy, string? identityFile)
{
    /// <summary>How much of ssh's log is looked at: its end.</summary>
    private const int LogTail = 256 * 1024;

    private static readonly TimeSpan s_interruptLag = TimeSpan.FromSeconds(2);

    private readonly SshSettings _settings = new(Path.Combine(folder, "known_hosts"), policy, identityFile);

    /// <summary>The client.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable or JournalUnavailable.</exception>
    public static SshClient Open(string program, HostKeyPolicy policy, string? identityFile)
    {
        try
        {
            return new SshClient(program, Libraries.MakeSshFolder(), policy, identityFile);
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
    public async Task<CommandResult> RunAsync(Instance instance, SshTarget target, string command, CancellationToken cancel)
    {
        string logFile = Path.Combine(folder, "log-" + Guid.NewGuid().ToString("N"));
        ProcessStartInfo start = Programs.StartInfo(program, SshArguments.Command(instance.Id, target, _settings, logFile, command));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        try
        {
            using var process = new Process { StartInfo = start };
            var clock = Stopwatch.StartNew();
            Programs.Start(process);
            OutputKeeper output = new(), errors = new();
            using (cancel.Register(() => Programs.Kill(process)))
            {
                // Nothing is to be read there: a command that asks finds the end.
                process.StandardInput.Close();
                await Task.WhenAll(DrainAsync(process.StandardOutput, output), DrainAsync(process.StandardError, errors)).ConfigureAwait(false);
#pragma warning disable VSTHRD103 // .NET Framework has no WaitForExitAsync; and with both its streams closed, ssh is about to be gone.
                process.WaitForExit();
#pragma warning restore VSTHRD103
            }
            cancel.ThrowIfCancellationRequested();
            string log = ReadLog(logFile);
            if (SshEnd.Failed(instance.Id, process.ExitCode, log, _settings.KnownHosts) is { } failure)
            {
                // The same Ctrl+C is about to arrive here: the command was stopped then, and did not fail.
                if (SshEnd.IsInterrupted(process.ExitCode, log))
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
                Duration = clock.Elapsed,
            };
        }
        finally
        {
            RemoveLog(logFile);
        }
    }

    private static async Task DrainAsync(StreamReader reader, OutputKeeper keeper)
    {
        byte[] buffer = new byte[16 * 1024];
        int count;
        // Ends with the process: a cancelled one is killed.
#pragma warning disable CA1835 // .NET Framework has no such overload.
        while ((count = await reader.BaseStream.ReadAsync(buffer, 0, buffer.Length, CancellationToken.None).ConfigureAwait(false)) > 0)
            keeper.Add(buffer, count);
#pragma warning restore CA1835
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
