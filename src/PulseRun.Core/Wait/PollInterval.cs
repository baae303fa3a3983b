using System;

namespace PulseRun.Core.Wait;

/// <summary>Determines when to poll next: soon after a change, less often the longer nothing has changed.</summary>
internal static class PollInterval
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>A timer can fire this much early. The last poll must not come before the end of the wait, because more polls would follow it.</summary>
    private static readonly TimeSpan s_timerError = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns the time until the next poll: a quarter of the time since the last change, within <see cref="Shortest"/> and <see cref="Longest"/>.</summary>
    /// <param name="sinceChange">The time since an awaited instance changed its state, or since the wait began.</param>
    /// <param name="remaining">The time until the wait times out, when the last poll is made.</param>
    /// <param name="fixedInterval">The value of -PollSeconds; null to adapt the interval.</param>
    public static TimeSpan Next(TimeSpan sinceChange, TimeSpan remaining, TimeSpan? fixedInterval = null) => UntilEnd(fixedInterval ?? Bounded(new TimeSpan(sinceChange.Ticks / 4)), remaining);

    /// <summary>Returns the interval, or the time until the wait is certainly over if that is shorter.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="remaining">The time until the wait is over.</param>
    public static TimeSpan UntilEnd(TimeSpan interval, TimeSpan remaining)
    {
        if (interval >= remaining)
            interval = remaining > TimeSpan.Zero ? remaining + s_timerError : TimeSpan.Zero;
        return interval > TimeSpan.Zero ? interval : TimeSpan.Zero;
    }

    private static TimeSpan Bounded(TimeSpan interval)
    {
        if (interval < Shortest)
            return Shortest;
        return interval > Longest ? Longest : interval;
    }
}
