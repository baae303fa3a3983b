using System;

namespace PulseRun.Core.Wait;

/// <summary>When to poll next. Things that just moved are looked at often, things that have not moved for long seldom.</summary>
internal static class PollInterval
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <param name="sinceChange">Since any of the waited-for instances changed its state, or since the wait began.</param>
    /// <param name="remaining">Until the wait times out: the last poll is at its very end.</param>
    /// <param name="fixedInterval">-PollSeconds; null to adapt.</param>
    public static TimeSpan Next(TimeSpan sinceChange, TimeSpan remaining, TimeSpan? fixedInterval = null)
    {
        var interval = fixedInterval ?? Within(new TimeSpan(sinceChange.Ticks / 4));
        if (interval > remaining)
            interval = remaining;
        return interval > TimeSpan.Zero ? interval : TimeSpan.Zero;
    }

    private static TimeSpan Within(TimeSpan interval)
    {
        if (interval < Shortest)
            return Shortest;
        return interval > Longest ? Longest : interval;
    }
}
