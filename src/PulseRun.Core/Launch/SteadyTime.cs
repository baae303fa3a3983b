using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents a time of the monotonic clock, which counts from the boot of the machine. It cannot be set, so the difference of two times is correct whatever happens to the wall clock.</summary>
/// <param name="Boot">Identifies the machine and its boot. Times of different boots cannot be compared.</param>
/// <param name="SinceBoot">The time since the boot. It may not advance while the machine sleeps.</param>
internal sealed record SteadyTime(string Boot, TimeSpan SinceBoot)
{
    /// <summary>Returns the time from an earlier one to this one; null when the two cannot be compared.</summary>
    public TimeSpan? Since(SteadyTime? earlier) =>
        earlier is null || earlier.Boot != Boot || earlier.SinceBoot > SinceBoot ? null : SinceBoot - earlier.SinceBoot;
}
