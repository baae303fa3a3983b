using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.Cost;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Adds up what the fleet burns, what was charged, and what stops have saved. A list and the ledger: two requests and more pages.</summary>
[Cmdlet(VerbsDiagnostic.Measure, Nouns.Cost)]
[OutputType(typeof(CostReport))]
public sealed class MeasureCostCommand : BillingCommand
{
    /// <summary>What to add up by: Total (default), Gpu, Provider, Region or Template.</summary>
    [Parameter(Position = 0)]
    public CostGrouping GroupBy { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        RunToEnd(cancel => MeasureAsync(context, cancel), context.BaseUri);
    }

    private async Task MeasureAsync(Context context, CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        await context.Client.ListAsync(null, fleet.AddRange, Observer, cancel).ConfigureAwait(false);
        IReadOnlyList<Transaction>? ledger = null;
        try
        {
            ledger = await context.Client.GetTransactionsAsync(null, Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            // What burns is known without the ledger; what was charged is not.
            PostError(error, context.BaseUri);
        }
        // Midnight is the user's.
        DateTimeOffset now = context.UtcNow.ToLocalTime();
        IReadOnlyList<RecordedState> seen = [];
        Remember(store => seen = store.History.States(context.Account, new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, now.Offset)));
        PostRows(CostMeter.Measure(fleet, seen.Select(static state => AsInstance(state)), ledger, Stops(fleet, seen, now), GroupBy, now));
    }

    /// <summary>Each stretch in which this machine has seen an instance stopped; up to now for one that still is.</summary>
    private static IEnumerable<StoppedStretch> Stops(List<Instance> fleet, IReadOnlyList<RecordedState> seen, DateTimeOffset now)
    {
        var stopped = new HashSet<string>(fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Stopped)).Select(static one => one.Id), StringComparer.Ordinal);
        foreach (IGrouping<string, RecordedState> states in seen.GroupBy(static state => state.Id))
        {
            RecordedState last = states.Last();
            foreach (RecordedState state in states.Where(static state => InstanceStatus.Is(state.Status, InstanceStatus.Stopped)))
                yield return new StoppedStretch(AsInstance(state), state.Since, ReferenceEquals(state, last) && stopped.Contains(state.Id) ? now : state.LastSeen);
        }
    }

    private static Instance AsInstance(RecordedState state) => new()
    {
        Id = state.Id,
        Status = state.Status,
        Gpu = state.Gpu,
        Provider = state.Provider,
        Region = state.Region,
        Template = state.Template,
        Spot = state.Spot,
        CostPerHour = state.CostPerHour,
    };
}
