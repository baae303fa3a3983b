using System;
using System.Globalization;

namespace PulseRun.Core.Schedule;

/// <summary>Decides whether a cleanup that runs at an interval can ever prove that an instance is idle.</summary>
internal static class RunInterval
{
    /// <summary>Returns an InvalidRequest when the window has no room for the readings that the proof takes; null when it has.</summary>
    /// <param name="idleFor">The window: how long an instance must have been idle.</param>
    /// <param name="intervalMinutes">The minutes from one run, which takes one reading, to the next.</param>
    /// <param name="minSamples">The number of readings that the proof takes.</param>
    public static PulseRunException? Check(TimeSpan idleFor, int intervalMinutes, int minSamples) =>
        idleFor.TotalMinutes >= (double)intervalMinutes * minSamples
            ? null
            : new PulseRunException(ErrorIds.InvalidRequest, string.Format(
                CultureInfo.InvariantCulture, "IdleFor: {0} readings, one in {1} min, take {2} min. Within {3} nothing would ever be proven idle.", minSamples, intervalMinutes, (long)minSamples * intervalMinutes, idleFor)) { Field = "IdleFor" };
}
