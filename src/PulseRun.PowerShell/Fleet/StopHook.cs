using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Runs the command of -BeforeStop on an instance.</summary>
/// <param name="client">The ssh client.</param>
/// <param name="context">The connection.</param>
/// <param name="command">The text for the shell of the instance.</param>
/// <param name="timeout">The time limit, including the connection.</param>
/// <param name="onFailure">The consequence of a failure.</param>
internal sealed class StopHook(SshClient client, Context context, string command, TimeSpan timeout, HookFailureAction onFailure)
{
    public TimeSpan Timeout => timeout;

    /// <summary>True when an instance is stopped even if the command failed.</summary>
    public bool StopsAnyway => onFailure == HookFailureAction.Stop;

    /// <summary>Runs the command. Returns the error when it failed; null when it ended with exit code 0.</summary>
    public async Task<PulseRunException?> RunAsync(Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            SshTarget place = RemoteAccess.Ssh(instance, context.IsLocal);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(timeout);
            observer.Verbose("Running the command of -BeforeStop on " + instance.Id + ".");
            CommandResult result = await client.RunAsync(instance, place, command, null, new CommandOutput(), limit.Token).ConfigureAwait(false);
            if (result.ExitCode == 0)
                return null;
            string said = CleanText.Clean(result.StdErr.Length > 0 ? result.StdErr : result.StdOut, 300);
            return Failure(instance, string.Format(CultureInfo.InvariantCulture, "ended with exit code {0}{1}", result.ExitCode, said.Length > 0 ? ": " + said : ""));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failure(instance, string.Format(CultureInfo.InvariantCulture, "was not done within {0} s", timeout.TotalSeconds));
        }
        catch (PulseRunException error)
        {
            return Failure(instance, "was not run: " + error.Message);
        }
    }

    private static PulseRunException Failure(Instance instance, string what) => new(ErrorIds.HookFailed, "The command of -BeforeStop on '" + instance.Id + "' " + what);
}
