using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Cost;
using PulseRun.Core.Idle;
using PulseRun.Core.Monitoring;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reports after the acts of a cleanup: the metrics of the fleet as the run left it, and a short runway.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="idle">The rule of the verdicts.</param>
/// <param name="notifier">The receiver of notifications; null for none.</param>
/// <param name="warnRunway">The runway below which a warning is given; null for none.</param>
/// <param name="metricsPath">The file of the metrics; null for none.</param>
/// <param name="perInstance">True to write the metrics of each instance.</param>
internal sealed class CleanupReport(ConnectedCmdlet cmdlet, Context context, IdleRule idle, INotifier? notifier, TimeSpan? warnRunway, string? metricsPath, bool perInstance)
{
    private readonly DateTimeOffset _listedAt = context.UtcNow;
    private readonly FleetSnapshotReader _reader = new(cmdlet, context, idle);

    /// <summary>Writes the metrics and the warning of the runway, after all acts are done, on the pipeline thread. A failure here is one error and undoes no act.</summary>
    public void Write(IReadOnlyList<CleanupDecision> decisions, IReadOnlyCollection<CleanupAction> actions)
    {
        List<Instance> fleet = Fleet(decisions, actions);
        AccountBalance? balance = null;
        if (warnRunway is { } below)
            cmdlet.Runner.RunToEnd(async cancel => balance = await WarnAsync(fleet, below, cancel).ConfigureAwait(false), context.BaseUri);
        if (metricsPath is null)
            return;
        List<IdleVerdict> verdicts = decisions.Select(static decision => decision.Candidate.Verdict).OfType<IdleVerdict>().ToList();
        cmdlet.Runner.TryItem(metricsPath, () =>
            MetricFile.Write(metricsPath, "MetricsPath", FleetMetrics.Of(_reader.Of(fleet, verdicts, balance, _listedAt), perInstance)));
    }

    /// <summary>Returns the fleet with the states that the acts left.</summary>
    private static List<Instance> Fleet(IReadOnlyList<CleanupDecision> decisions, IReadOnlyCollection<CleanupAction> actions)
    {
        var done = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (CleanupAction action in actions)
        {
            if (action.Action is CleanupOutcome.Stopped or CleanupOutcome.Removed or CleanupOutcome.Started)
                done[action.Id] = action.Action == CleanupOutcome.Stopped ? InstanceStatus.Stopped : action.Action == CleanupOutcome.Started ? InstanceStatus.Running : InstanceStatus.Terminated;
        }
        return decisions.Select(static decision => decision.Candidate.Instance)
            .Select(instance => done.TryGetValue(instance.Id, out string? status) ? instance.WithStatus(status) : instance)
            .ToList();
    }

    private async Task<AccountBalance?> WarnAsync(List<Instance> fleet, TimeSpan below, CancellationToken cancel)
    {
        if (await _reader.ReadBalanceAsync(cancel).ConfigureAwait(false) is not { } ledger)
        {
            cmdlet.Runner.Observer.Warning("The runway is not known, because the balance cannot be read.");
            return null;
        }
        AccountBalance balance = Runway.Complete(ledger, Burn.Of(fleet));
        DateTimeOffset now = context.UtcNow;
        var what = new RunwayEvent(balance, FleetSnapshot.NameOf(context), below, now);
        if (balance.Runway < below)
            cmdlet.Runner.Observer.Warning(what.Message);
        if (notifier is not null)
            await NotifyAsync(notifier, what, balance.Runway, now, cancel).ConfigureAwait(false);
        return balance;
    }

    /// <summary>Notifies once for all runs on this machine. Without a place to remember that, nothing is sent, because each run would notify.</summary>
    private async Task NotifyAsync(INotifier receiver, RunwayEvent what, TimeSpan? runway, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            using IRunwayMark? mark = Libraries.TakeRunwayMark(context.Account);
            // Another run on this machine notifies at this moment.
            if (mark is null)
                return;
            switch (RunwayAlarm.Of(runway, what.Below, mark.Delivered, now))
            {
                case RunwayAct.Reset:
                    mark.Delivered = null;
                    break;
                case RunwayAct.Notify:
                    await receiver.SendAsync(Notice.Of(what), CleanupWarnings.Key(context.Account + now.ToString("O", System.Globalization.CultureInfo.InvariantCulture), CleanupEventKind.Warning), cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
                    mark.Delivered = now;
                    break;
            }
        }
        catch (StoreUnavailableException error)
        {
            cmdlet.Runner.Observer.Warning("The notification of the runway was not sent, because nothing can remember it. " + error.Message);
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, context.BaseUri);
        }
    }
}
