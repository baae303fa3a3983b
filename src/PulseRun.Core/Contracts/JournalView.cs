using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>What the journal says at one moment: a launch that ends meanwhile is either open or has its instance, never neither.</summary>
/// <param name="Open">The launches that are open.</param>
/// <param name="Taken">The instances that a launch has claimed, and those that were there before the moment asked about.</param>
internal sealed record JournalView(IReadOnlyList<LaunchRecord> Open, HashSet<string> Taken);
