using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Lists the launches that earlier commands left in the journal.</summary>
/// <param name="ToResolve">Launches that are open and that no living command here is at work on.</param>
/// <param name="Busy">Launches that a living command here is at work on.</param>
/// <param name="Untold">Launches that happened and were never written to a pipeline.</param>
/// <param name="ToLookAtAgain">Launches that are closed because they were not listed, and to be looked at once more.</param>
internal sealed record LaunchesLeft(
    IReadOnlyList<LaunchRecord> ToResolve, IReadOnlyList<LaunchRecord> Busy, IReadOnlyList<LaunchRecord> Untold, IReadOnlyList<LaunchRecord> ToLookAtAgain);
