using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Chooses the instances that a command reads now, and leases them, so that commands that overlap read different ones. The decision itself is in Core.</summary>
internal sealed class ReadingChooser(ConnectedCmdlet cmdlet, Context context, IdleSampler sampler, IdleRule rule)
{
    /// <summary>The time that a reading may take after its place. A lease expires then, if its run was killed.</summary>
    private static readonly TimeSpan s_readingTime = TimeSpan.FromSeconds(30);

    /// <summary>The time in which an unattended run does not read an instance that another run has read. Two runs of one minute would otherwise both spend their spare requests on it.</summary>
    private static readonly TimeSpan s_justRead = TimeSpan.FromSeconds(20);

    /// <summary>The time between two warnings about a fleet that is too large. Each run is a process of its own, and writes a verbose line in any case.</summary>
    private static readonly TimeSpan s_betweenWarnings = TimeSpan.FromDays(1);

    private DateTimeOffset _orderedAt;

    /// <summary>Returns the order in which instances are to be read, and their recent readings.</summary>
    /// <param name="candidates">The instances that may be read.</param>
    /// <param name="isWhatIf">True when the command stops nothing.</param>
    public (ReadingPlan Plan, IReadOnlyDictionary<string, IReadOnlyList<Reading>> Windows) Order(IReadOnlyList<Instance> candidates, bool isWhatIf = false)
    {
        _orderedAt = context.UtcNow;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = sampler.Recorded(candidates);
        var records = new Dictionary<string, ReadingRecord>(StringComparer.Ordinal);
        cmdlet.Store.TryUse(store =>
        {
            foreach (KeyValuePair<string, ReadingRecord> one in store.ReadingRequests.All(context.Account))
                records[one.Key] = windows.TryGetValue(one.Key, out IReadOnlyList<Reading>? readings) ? one.Value with { Readings = readings } : one.Value;
        });
        return (ReadingOrder.Choose(candidates, records, rule, _orderedAt, 0, isWhatIf), windows);
    }

    /// <summary>Leases the first instances of the order, and returns them. Writes a line when the fleet is too large.</summary>
    /// <param name="plan">The order, with the number of readings that the command can take.</param>
    /// <param name="places">When the readings are taken.</param>
    public IReadOnlyList<Instance> Take(ReadingPlan plan, ReadingPlaces places)
    {
        DateTimeOffset now = context.UtcNow;
        WriteOverload(plan, now);
        IReadOnlyList<string>? leased = null;
        // Readings that another process recorded after the order was made have changed it, so those instances are left out.
        // Runs of two hosts that follow each other within seconds are one sweep of the team.
        DateTimeOffset notAskedSince = places.IsSpread || Stores.IsTeam ? _orderedAt - s_justRead : _orderedAt;
        cmdlet.Store.TryUse(store => leased = store.ReadingRequests.Lease(context.Account, plan.Order.Select(static key => key.Instance.Id), plan.Budget, new LeaseTime(now, now + places.Longest + s_readingTime, notAskedSince)));
        if (leased is null)
            return plan.Chosen;
        var ids = new HashSet<string>(leased, StringComparer.Ordinal);
        return plan.Order.Where(key => ids.Contains(key.Instance.Id)).Select(static key => key.Instance).ToList();
    }

    private void WriteOverload(ReadingPlan plan, DateTimeOffset now)
    {
        if (plan.Overload(rule, now) is not { } sentence)
            return;
        bool warns = false;
        cmdlet.Store.TryUse(store => warns = store.ReadingRequests.TryWarnOverload(context.Account, now, s_betweenWarnings));
        if (warns)
            cmdlet.Runner.Observer.Warning(sentence);
        else
            cmdlet.Runner.Observer.Verbose(sentence);
    }
}
