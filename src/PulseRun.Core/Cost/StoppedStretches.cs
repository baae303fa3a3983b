using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;

namespace PulseRun.Core.Cost;

/// <summary>Computes from recorded states when instances were stopped.</summary>
internal static class StoppedStretches
{
    /// <summary>Returns each time in which this machine recorded an instance as stopped. For an instance that is still stopped, the last one ends now.</summary>
    /// <param name="fleet">The listed instances.</param>
    /// <param name="seen">The recorded states, by instance and in time order.</param>
    /// <param name="now">The end of a time that has not ended yet.</param>
    public static IEnumerable<StoppedStretch> Of(IEnumerable<Instance> fleet, IReadOnlyList<RecordedState> seen, DateTimeOffset now)
    {
        var stopped = new HashSet<string>(fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Stopped)).Select(static one => one.Id), StringComparer.Ordinal);
        foreach (IGrouping<string, RecordedState> states in seen.GroupBy(static state => state.Id))
        {
            RecordedState last = states.Last();
            foreach (RecordedState state in states.Where(static state => InstanceStatus.Is(state.Status, InstanceStatus.Stopped)))
                yield return new StoppedStretch(InstanceOf(state), state.Since, ReferenceEquals(state, last) && stopped.Contains(state.Id) ? now : state.LastSeen);
        }
    }

    /// <summary>Returns an instance with the recorded properties.</summary>
    public static Instance InstanceOf(RecordedState state) => new()
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
