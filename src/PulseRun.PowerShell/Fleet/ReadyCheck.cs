using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds out whether launched machines work, and acts on those that do not.</summary>
/// <param name="context">The connection.</param>
/// <param name="limit">The longest time that a machine may take after its launch was sent.</param>
/// <param name="command">The command that shows that it works; null for none.</param>
/// <param name="ssh">Runs the command; null without one.</param>
/// <param name="onNotReady">The treatment of a machine that is not ready in time.</param>
internal sealed class ReadyCheck(Context context, TimeSpan limit, string? command, SshClient? ssh, NotReadyAction onNotReady)
{
    private const string NotInTime = "did not end in time";

    /// <summary>The wait before the command is repeated.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    private readonly ReadyWatch _watch = new(Connection.Of(context).Client);

    /// <summary>Returns the instance when it is ready; with Next, the first one of the plan that is.</summary>
    /// <param name="launcher">Makes the launches.</param>
    /// <param name="ticket">The launch.</param>
    /// <param name="launched">The instance that it became.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the wait. The instance stays as it is.</param>
    /// <exception cref="PulseRunException">WaitTimeout or TerminalState: the instance was not ready. The error of the plan: it had no other alternative.</exception>
    public async Task<Instance> RunAsync(ILauncher launcher, LaunchTicket ticket, Instance launched, ICallObserver observer, CancellationToken cancel)
    {
        while (true)
        {
            (observer as Running.CallObserver)?.Answered();
            ReadyAnswer answer = await AnswerAsync(ticket, launched, observer, cancel).ConfigureAwait(false);
            if (answer.Ready is { } ready)
                return ready.WithTimeToReady(Elapsed(ticket));
            PulseRunException error = NotReady(answer);
            if (onNotReady != NotReadyAction.Next)
                throw (await ActAsync(error, answer.Known, observer).ConfigureAwait(false)).After(ticket.Attempts.ToArray());
            await launcher.RemoveForNextAsync(ticket, answer.Known, error, observer).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            launched = await launcher.LaunchAsync(ticket, observer, cancel).ConfigureAwait(false);
        }
    }

    private static TimeSpan Elapsed(LaunchTicket ticket) => TimeSpan.FromSeconds((double)(Stopwatch.GetTimestamp() - ticket.SentTimestamp) / Stopwatch.Frequency);

    private async Task<ReadyAnswer> AnswerAsync(LaunchTicket ticket, Instance launched, ICallObserver observer, CancellationToken cancel)
    {
        ReadyAnswer answer = await _watch.WaitAsync(launched, () => limit - Elapsed(ticket), observer, cancel).ConfigureAwait(false);
        if (answer.Ready is null || command is null)
            return answer;
        string why, before = "";
        do
        {
            observer.Waiting(launched.Id + " to answer the ready command");
            TimeSpan left = limit - Elapsed(ticket);
            why = left <= TimeSpan.Zero ? "was not asked, because the time was over" : await AskAsync(answer.Ready, left, cancel).ConfigureAwait(false) ?? "";
            // The last run is often cut off by the limit, and the one before says what is wrong.
            if (why == NotInTime && before.Length > 0)
                why += "; before, it " + before;
            before = why;
            observer.Waiting(null);
            if (why.Length == 0)
                return answer;
            observer.Verbose("The ready command on " + launched.Id + " " + why);
            await Task.Delay(PollInterval.UntilEnd(s_again, limit - Elapsed(ticket)), cancel).ConfigureAwait(false);
        }
        while (Elapsed(ticket) < limit);
        return new ReadyAnswer(null, answer.Known, "is running, and the ready command " + why);
    }

    /// <summary>Runs the command once. Returns null when it succeeds; otherwise why not, as the end of a sentence about the command.</summary>
    private async Task<string?> AskAsync(Instance instance, TimeSpan left, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(left);
        try
        {
            SshTarget place = RemoteAccess.Ssh(instance, context.IsLocal);
            CommandResult result = await ssh!.RunAsync(instance, place, command!, null, new CommandOutput(), time.Token).ConfigureAwait(false);
            if (result.ExitCode == 0)
                return null;
            string text = CleanText.Clean((result.StdErr.Length > 0 ? result.StdErr : result.StdOut).Trim(), 200);
            return "ended with exit code " + result.ExitCode.ToString(CultureInfo.InvariantCulture) + (text.Length > 0 ? ": " + text : "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return NotInTime;
        }
        catch (PulseRunException error)
        {
            return "could not be run: " + error.Message.TrimEnd('.');
        }
    }

    private PulseRunException NotReady(ReadyAnswer answer) => new(
        answer.IsTerminal ? ErrorIds.TerminalState : ErrorIds.WaitTimeout,
        "Instance " + answer.Known.Id + (answer.IsTerminal ? " cannot become ready: it " : " was not ready within " + Display.Duration(limit) + " of its launch: it ") + answer.Why!.TrimEnd('.') + ".");

    /// <summary>Does what is to be done with an instance that is not ready, and returns the error with the result. It is not cancelled, because the instance is billed.</summary>
    private async Task<PulseRunException> ActAsync(PulseRunException error, Instance instance, ICallObserver observer)
    {
        if (onNotReady == NotReadyAction.Keep)
            return error.Rephrase(error.ErrorId, error.Message + " It was kept.");
        IPulseRunClient client = Connection.Of(context).Client;
        string act = onNotReady == NotReadyAction.Stop ? "stopped" : "removed";
        try
        {
            Instance now = onNotReady == NotReadyAction.Stop
                ? await client.StopAsync(instance.Id, instance, observer, CancellationToken.None).ConfigureAwait(false)
                : await client.RemoveAsync(instance.Id, instance, observer, CancellationToken.None).ConfigureAwait(false);
            return error.Rephrase(error.ErrorId, error.Message + " It was " + act + " (" + CleanText.Clean(now.Status ?? "unknown", 40) + ").");
        }
        catch (PulseRunException failure)
        {
            return error.Rephrase(error.ErrorId, error.Message + " It could not be " + act + ", so IT IS STILL THERE and may be billed. " + failure.Message);
        }
    }
}
