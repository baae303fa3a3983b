using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Runs the launches of one command, and finishes what earlier commands left open. Its methods are called on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
/// <param name="context">The connection.</param>
/// <param name="journal">The journal of intents; null for none.</param>
/// <param name="options">The options that hold for all launches of the command.</param>
/// <param name="waits">The instances to wait for; null when each is written as soon as it is launched.</param>
/// <param name="ready">Checks whether the machines work; null when that was not asked for.</param>
internal sealed class LaunchRunner(ConnectedCmdlet cmdlet, Context context, ILaunchJournal? journal, LaunchOptions options, WaitList? waits, ReadyCheck? ready)
{
    /// <summary>The number of plans that are under way at the same time. Most of them wait; the launcher limits their attempts.</summary>
    private const int MostPlans = 1000;

    private readonly List<LaunchTicket> _tickets = [];
    private readonly ILauncher _launcher = Libraries.CreateLauncher(context, journal, options);
    private bool _finishedEarlier;
    private int _hasNamedNearest;

    /// <summary>Finds out, once for the command, what became of launches that an earlier command left open, and names what it launched and never wrote: they may be billed unseen.</summary>
    public void FinishEarlier()
    {
        if (journal is null || _finishedEarlier)
            return;
        _finishedEarlier = true;
        LaunchesLeft left;
        try
        {
            left = _launcher.Left();
        }
        catch (StoreUnavailableException)
        {
            // The launch itself reports that the store is unavailable.
            return;
        }
        foreach (LaunchRecord launch in left.Untold)
        {
            cmdlet.WriteWarning(LaunchWords.Untold(launch));
            _launcher.Told([launch.IntentId]);
        }
        IReadOnlyList<LaunchRecord> open = LaunchSelection.ToFind(left, withElsewhere: false);
        if (open.Count == 0)
            return;
        open = new LaunchBudgets(cmdlet).Earlier(context, open);
        cmdlet.Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Launch> found = await _launcher.ResolveAsync(open, cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
                foreach ((Launch launch, LaunchRecord record) in found.Zip(open, static (launch, record) => (launch, record)))
                {
                    if (LaunchSelection.IsNews(record, launch))
                        cmdlet.Runner.PostWarning(LaunchWords.Earlier(launch), () => _launcher.Told([launch.IntentId]));
                }
            },
            context.BaseUri);
    }

    /// <summary>Queues equal launches. Their instances are written in the order of the calls, or added to the wait.</summary>
    /// <param name="tickets">The launches.</param>
    /// <param name="throttle">The number that run at the same time.</param>
    public void Queue(IReadOnlyList<LaunchTicket> tickets, int throttle)
    {
        string label = LaunchWords.Describe(tickets[0].Request);
        for (int i = 0; i < tickets.Count; i++)
            Queue(tickets.Count == 1 ? label : label + " #" + (i + 1), tickets[i], tickets[i].Plan is null ? throttle : MostPlans);
    }

    private void Queue(string label, LaunchTicket ticket, int throttle)
    {
        _tickets.Add(ticket);
        cmdlet.Runner.Queue(
            label,
            ticket.Request,
            throttle,
            async (observer, cancel) =>
            {
                // The similar name is looked up before the launch, because the launch itself adds the requested name to the known ones.
                string? near = LaunchWords.Nearest(context, ticket.Request);
                ticket.OnAnswered = () => (observer as CallObserver)?.Answered();
                try
                {
                    Instance instance = await _launcher.LaunchAsync(ticket, observer, cancel).ConfigureAwait(false);
                    if (journal is not null)
                        cmdlet.States.Add(context, null, instance);
                    if (near is not null && Interlocked.Exchange(ref _hasNamedNearest, 1) == 0)
                        observer.Warning(near + " The server accepted it.");
                    if (ready is not null)
                        return NotedInstance.Show(context, await ready.RunAsync(_launcher, ticket, instance, observer, cancel).ConfigureAwait(false));
                    NotedInstance.Show(context, instance);
                    return waits is null ? instance : waits.Take(context, instance, null, instance);
                }
                catch (PulseRunException error) when (ticket.OverPrice is not null && error is { ErrorId: ErrorIds.CostLimitExceeded, Field: nameof(LaunchTicket.MaxHourlyCost) })
                {
                    throw ticket.OverPrice(error);
                }
                catch (PulseRunException error) when (ticket.InstanceId is null)
                {
                    throw LaunchWords.WithNearest(error, context, ticket.Request);
                }
                catch (OperationCanceledException) when (ticket.InstanceId is not null)
                {
                    // The launch is confirmed, whatever was still to be read of the instance: LastWords names it.
                    (observer as CallObserver)?.Answered();
                    throw;
                }
            },
            () => Written(ticket));
    }

    /// <summary>Notes that a launched instance, or the error of its wait, was written to the pipeline.</summary>
    public void Written(string instanceId)
    {
        foreach (LaunchTicket ticket in _tickets.Where(ticket => ticket.InstanceId == instanceId))
            Written(ticket);
    }

    /// <summary>Gives up what was not written to the pipeline, and returns a text that names it; null when nothing is billed unseen.</summary>
    public string? LastWords()
    {
        List<LaunchTicket> left = _tickets.FindAll(static ticket => !ticket.IsWritten);
        if (left.Count == 0)
            return null;
        _launcher.Leave(left);
        string[] billing = left.Where(static ticket => ticket is { InstanceId: not null, IsGone: false }).Select(static ticket => ticket.InstanceId!).ToArray();
        return billing.Length == 0 ? null
            : "Launched and billing, but not written to the pipeline: " + string.Join(", ", billing) + "."
                + (journal is null ? "" : " Resolve-PRLaunch and the next New-PRInstance name them once more.");
    }

    private void Written(LaunchTicket ticket)
    {
        ticket.IsWritten = true;
        if (journal is not null)
            _launcher.Told([ticket.IntentId]);
    }
}
