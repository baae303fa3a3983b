using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the sources of a report: one list, and the states and readings recorded on this machine.</summary>
/// <param name="context">The connection to use.</param>
/// <param name="store">The local store.</param>
/// <param name="observer">Receives notifications about the request.</param>
/// <param name="listFailed">Called when the list cannot be read. Returns true to write the report without it.</param>
internal sealed class ReportReader(Context context, LocalStore store, ICallObserver observer, Func<PulseRunException, bool> listFailed)
{
    /// <summary>Returns the report.</summary>
    /// <param name="since">The start of the report.</param>
    /// <param name="until">The end of the report.</param>
    /// <param name="rule">Decides which hours were idle.</param>
    /// <param name="top">The number of instances with a row of their own.</param>
    /// <param name="cancel">Cancels the work.</param>
    public async Task<FleetReport> ReadAsync(DateTimeOffset since, DateTimeOffset until, IdleRule rule, int top, CancellationToken cancel)
    {
        var builder = new ReportBuilder(since, until, rule);
        var fleet = new List<Instance>();
        try
        {
            await Connection.Of(context).Client.ListAsync(null, fleet.AddRange, observer, cancel).ConfigureAwait(false);
            builder.AddFleet(fleet);
        }
        catch (PulseRunException error) when (listFailed(error))
        {
            // The recorded history is enough for a report. The page states that the current list is missing.
        }
        bool isRecorded = store.TryUse(opened =>
        {
            builder.AddVerdicts(Verdicts(opened, fleet, rule, until));
            builder.AddNotes(opened.Notes.All(context.Service));
            builder.AddStops(opened.Cleanups.Stops(context.Account));
            builder.AddStates(opened.History.States(context.Account, since));
            // Readings are read in pages and aggregated at once, so that memory does not grow with the history.
            foreach (InstanceMetrics reading in opened.History.Readings(context.Account, null, since))
            {
                cancel.ThrowIfCancellationRequested();
                builder.Add(reading);
            }
        });
        // Without the records, what cleanups saved is not known either.
        if (!isRecorded)
            builder.MissRecords();
        return builder.Build(context.Profile, context.BaseUri.ToString(), top);
    }

    /// <summary>Returns the verdicts that Get-PRIdleInstance -NoSample would return.</summary>
    private IEnumerable<IdleVerdict> Verdicts(IStore opened, List<Instance> fleet, IdleRule rule, DateTimeOffset now)
    {
        List<Instance> running = fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList();
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = opened.History.Window(context.Account, running.Select(static one => one.Id).ToList(), rule.HistorySince(now), now);
        ISet<string> wentBack = opened.History.ClockWentBack(context.Account, rule.HistorySince(now), now);
        return running.Select(one => IdleDecision.Decide(one, windows.TryGetValue(one.Id, out IReadOnlyList<Reading>? readings) ? readings : [], rule, now, clockWentBack: wentBack.Contains(one.Id)));
    }
}
