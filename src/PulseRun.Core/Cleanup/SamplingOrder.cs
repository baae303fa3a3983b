using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Cleanup;

/// <summary>Selects the instances to read when the request budget is too small for all: the least recently sampled first.</summary>
internal static class SamplingOrder
{
    /// <summary>Returns as many instances as the budget allows, the least recently sampled first.</summary>
    /// <param name="instances">The instances to choose from.</param>
    /// <param name="lastSampled">The time of the last reading by id. An instance without an entry has never been read and comes first.</param>
    /// <param name="budget">The number of requests available.</param>
    public static IReadOnlyList<Instance> First(IEnumerable<Instance> instances, IReadOnlyDictionary<string, DateTimeOffset> lastSampled, int budget) =>
        instances
            .OrderBy(instance => lastSampled.TryGetValue(instance.Id, out var at) ? at : DateTimeOffset.MinValue)
            .Take(Math.Max(0, budget))
            .ToList();
}
