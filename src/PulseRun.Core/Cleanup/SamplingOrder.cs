using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Cleanup;

/// <summary>Who is read when the requests do not suffice for all: whoever was read longest ago.</summary>
internal static class SamplingOrder
{
    /// <param name="instances">Those whose idleness is in question.</param>
    /// <param name="lastSampled">When each was last read; absent when never, which comes first.</param>
    /// <param name="budget">How many requests there are.</param>
    public static IReadOnlyList<Instance> First(IEnumerable<Instance> instances, IReadOnlyDictionary<string, DateTimeOffset> lastSampled, int budget) =>
        instances
            .OrderBy(instance => lastSampled.TryGetValue(instance.Id, out var at) ? at : DateTimeOffset.MinValue)
            .Take(Math.Max(0, budget))
            .ToList();
}
