using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.Monitoring;
using PulseRun.Core.Notify;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Looks at the balance again and again, and notifies when the runway becomes short.</summary>
/// <param name="cmdlet">The cmdlet, for its streams.</param>
/// <param name="context">The connection.</param>
/// <param name="below">The runway below which a notification is sent.</param>
/// <param name="notifier">The notifier that delivers it; null to write a warning only.</param>
internal sealed class BalanceWatch(ConnectedCmdlet cmdlet, Context context, TimeSpan below, INotifier? notifier)
{
    private DateTimeOffset? _delivered;
    private bool _wasWarned;

    /// <summary>Looks until the time is over.</summary>
    /// <param name="interval">The time between two looks; null for one look.</param>
    /// <param name="timeout">The time to watch; null without an end.</param>
    /// <param name="cancel">Ends the watch.</param>
    public async Task RunAsync(TimeSpan? interval, TimeSpan? timeout, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            await TryLookAsync(isOnly: interval is null, cancel).ConfigureAwait(false);
            if (interval is not { } pause)
                return;
            await Task.Delay(PollInterval.UntilEnd(pause, timeout - clock.Elapsed ?? TimeSpan.MaxValue), cancel).ConfigureAwait(false);
            if (clock.Elapsed >= timeout)
                return;
        }
    }

    /// <summary>Looks once. A failure that may pass does not end a watch: it is written as an error, and the next look follows.</summary>
    private async Task TryLookAsync(bool isOnly, CancellationToken cancel)
    {
        try
        {
            await LookAsync(cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (!isOnly && !cmdlet.IsFatal(error) && error.ErrorId is not (ErrorIds.Forbidden or ErrorIds.Unauthorized))
        {
            cmdlet.Runner.PostError(error, context.BaseUri);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        ICallObserver observer = cmdlet.Runner.Observer;
        AccountBalance ledger = await Connection.Of(context).Client.GetBalanceAsync(observer, cancel).ConfigureAwait(false);
        var burn = default(Burn);
        await Connection.Of(context).Client.ListAsync(null, rows => burn += Burn.Of(rows), observer, cancel).ConfigureAwait(false);
        AccountBalance balance = Runway.Complete(ledger, burn);
        cmdlet.Runner.PostRows([balance]);
        DateTimeOffset now = context.UtcNow;
        switch (RunwayAlarm.Of(balance.Runway, below, _delivered, now))
        {
            case RunwayAct.Reset:
                _delivered = null;
                _wasWarned = false;
                break;
            case RunwayAct.Notify:
                var what = new RunwayEvent(balance, FleetSnapshot.NameOf(context), below, now);
                // A receiver that fails is asked again by the next look, but the same warning is not repeated.
                if (!_wasWarned || _delivered is not null)
                    observer.Warning(what.Message);
                _wasWarned = true;
                if (notifier is not null)
                    await notifier.SendAsync(Notice.Of(what), Guid.NewGuid().ToString("N"), observer, cancel).ConfigureAwait(false);
                _delivered = now;
                break;
        }
    }
}
