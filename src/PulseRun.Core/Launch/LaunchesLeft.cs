using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Contains the launches that earlier commands left in the journal.</summary>
/// <param name="ToResolve">The open launches that no running command on this machine works on.</param>
/// <param name="Busy">The open launches that a running command on this machine works on.</param>
/// <param name="Untold">The launches that created an instance but were not written to the pipeline.</param>
/// <param name="ToLookAtAgain">The launches that were not listed and need a second look.</param>
internal sealed record LaunchesLeft(
    IReadOnlyList<LaunchRecord> ToResolve, IReadOnlyList<LaunchRecord> Busy, IReadOnlyList<LaunchRecord> Untold, IReadOnlyList<LaunchRecord> ToLookAtAgain);
