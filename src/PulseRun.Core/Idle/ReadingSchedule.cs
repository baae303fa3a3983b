using System;

namespace PulseRun.Core.Idle;

/// <summary>Determines when in its minute a run takes each reading.</summary>
internal static class ReadingSchedule
{
    /// <summary>A run that begins this late in a minute does not belong to that minute: a scheduler starts it at another second, and its minute begins with it.</summary>
    private static readonly TimeSpan s_latestStart = TimeSpan.FromSeconds(20);

    /// <summary>Returns how long a run that begins now waits with the reading of an instance; zero when the place has passed.</summary>
    public static TimeSpan WaitFor(string id, DateTimeOffset now)
    {
        var second = new TimeSpan(now.UtcTicks % TimeSpan.TicksPerMinute);
        TimeSpan place = ReadingOrder.Place(id, now);
        if (second >= s_latestStart)
            return place;
        return place > second ? place - second : TimeSpan.Zero;
    }
}
