using System;

namespace PulseRun.Core.Launch;

/// <summary>A reading of the clock that counts from the machine's boot. It cannot be set, so a difference of two readings is time that has passed, whatever the wall clock did.</summary>
/// <param name="Boot">Names the machine and its boot. Readings of different boots cannot be compared.</param>
/// <param name="SinceBoot">The time since then. It may stand still while the machine sleeps.</param>
internal sealed record SteadyTime(string Boot, TimeSpan SinceBoot)
{
    /// <summary>Returns the time from an earlier reading to this one; null when the two cannot be compared.</summary>
    public TimeSpan? Since(SteadyTime? earlier) =>
        earlier is null || earlier.Boot != Boot || earlier.SinceBoot > SinceBoot ? null : SinceBoot - earlier.SinceBoot;
}
