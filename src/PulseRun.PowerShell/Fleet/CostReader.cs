using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the sources of a cost report: the list, the ledger, and the recorded states.</summary>
/// <param name="context">The connection to use.</param>
/// <param name="store">The local store. If it is unavailable, the report does not show what stops have saved.</param>
/// <param name="observer">Receives notifications about the requests.</param>
/// <param name="ledgerFailed">Called when the ledger cannot be read. The report then contains the burn rate but no charges.</param>
internal sealed class CostReader(Context context, LocalStore store, ICallObserver observer, Action<PulseRunException> ledgerFailed)
{
    /// <summary>Returns the costs per group, the highest burn rate first. Sends one list and one request per page of the ledger.</summary>
    /// <param name="grouping">The property to group by.</param>
    /// <param name="since">The time from which costs and charges count; null for the first of the month.</param>
    /// <param name="clock">Returns the current time; called after everything was read. Its offset determines when a day begins.</param>
    /// <param name="cancel">Cancels the requests.</param>
    public async Task<IReadOnlyList<CostReport>> MeasureAsync(CostGroupBy grouping, DateTimeOffset? since, Func<DateTimeOffset> clock, CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        await Connection.Of(context).Client.ListAsync(null, fleet.AddRange, observer, cancel).ConfigureAwait(false);
        IReadOnlyList<Transaction>? ledger = null;
        try
        {
            ledger = await Connection.Of(context).Client.GetTransactionsAsync(null, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            ledgerFailed(error);
        }
        DateTimeOffset now = clock();
        DateTimeOffset month = CostMeter.MonthOf(now), from = since ?? month;
        IReadOnlyList<RecordedState> seen = [];
        IReadOnlyList<InstanceNote> notes = [];
        store.TryUse(opened =>
        {
            seen = opened.History.StatesOfService(context.Account, from < month ? from : month);
            notes = opened.Notes.All(context.Service);
        });
        List<Instance> gone = notes.Select(static note => new Instance { Id = note.Id }).Concat(seen.Select(StoppedStretches.InstanceOf)).ToList();
        List<StoppedStretch> stops = StoppedStretches.Of(fleet, seen, now).ToList();
        Note(notes, fleet.Concat(gone).Concat(stops.Select(static stop => stop.Instance)));
        return CostMeter.Measure(fleet, gone, ledger, stops, grouping, now, CostMeter.CostsOf(fleet, seen, from, now), from);
    }

    /// <summary>Gives instances the names and tags of their notes.</summary>
    private static void Note(IReadOnlyList<InstanceNote> notes, IEnumerable<Instance> instances)
    {
        if (notes.Count == 0)
            return;
        var noted = new Dictionary<string, InstanceNote>(StringComparer.Ordinal);
        foreach (InstanceNote note in notes)
            noted[note.Id] = note;
        foreach (Instance instance in instances)
        {
            if (noted.TryGetValue(instance.Id, out InstanceNote? note))
                note.ApplyTo(instance);
        }
    }
}
