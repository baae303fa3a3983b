using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>What the journal says at one moment: a launch that ends meanwhile is either open or has its instance, never neither.</summary>
/// <param name="Open">The launches that are open.</param>
/// <param name="Claimed">The instances that a launch has claimed.</param>
/// <param name="Numbers">The instances the history knows, by the order in which it first saw them.</param>
internal sealed record JournalView(IReadOnlyList<LaunchRecord> Open, HashSet<string> Claimed, IReadOnlyDictionary<string, long> Numbers)
{
    /// <summary>True when the instance was there before the launch was sent.</summary>
    public bool WasThereBefore(LaunchRecord launch, string instanceId) =>
        launch.SeenUpTo is { } last && Numbers.TryGetValue(instanceId, out long number) && number <= last;
}
