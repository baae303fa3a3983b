using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Launching;

/// <summary>When to list for a doubtful launch: at most 3 times, since requests are scarce; soon, since most lists do not lag; and last when settled, since only that one may say "not launched".</summary>
internal static class LaunchSchedule
{
    public static readonly TimeSpan DefaultSettle = TimeSpan.FromSeconds(15);

    /// <param name="settle">How long a list may lag behind a launch.</param>
    /// <param name="elapsed">How long ago the launch ended in doubt.</param>
    /// <returns>How long after that end to list, in order. The last is at or after the settle time.</returns>
    public static IReadOnlyList<TimeSpan> Looks(TimeSpan settle, TimeSpan elapsed)
    {
        if (elapsed < TimeSpan.Zero)
            elapsed = TimeSpan.Zero;
        if (settle <= elapsed)
            return [elapsed];
        return new[] { new TimeSpan(settle.Ticks / 8), new TimeSpan(settle.Ticks / 2), settle }.Where(look => look >= elapsed).ToList();
    }
}
