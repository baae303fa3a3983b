using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Represents the unbroken series of low readings that ends with the newest usable reading of an instance.</summary>
/// <param name="Since">The time of its first reading.</param>
/// <param name="Last">The time of its last reading.</param>
/// <param name="After">The number of its readings after the first one.</param>
/// <param name="IsWhole">True when a busy reading, a start or a gap comes before it; false when it begins with the first reading that was given, so that it may be longer.</param>
internal readonly record struct IdleRun(DateTimeOffset Since, DateTimeOffset Last, int After, bool IsWhole)
{
    /// <summary>Returns the run; null when the newest usable reading is busy or there is none.</summary>
    /// <param name="readings">The readings of the instance in time order.</param>
    /// <param name="rule">The idle rule.</param>
    /// <param name="start">The time at which the instance started; earlier readings do not count. Null when unknown.</param>
    /// <param name="from">The earliest time to consider; null for all readings.</param>
    public static IdleRun? Of(IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset? start, DateTimeOffset? from = null)
    {
        DateTimeOffset? first = null, last = null;
        TimeSpan? uptime = null;
        int count = 0;
        for (int i = readings.Count - 1; i >= 0; i--)
        {
            Reading reading = readings[i];
            if (reading.At < from)
                break;
            ReadingOrderLoad load = ReadingOrderLoads.Of(reading, rule);
            if (load == ReadingOrderLoad.Unusable)
                continue;
            bool isBroken = load == ReadingOrderLoad.Busy || reading.At < start || first - reading.At > rule.Gap || RestartedAfter(reading, uptime);
            if (isBroken)
                return first is null ? null : new IdleRun(first.Value, last!.Value, count - 1, true);
            // Two readings of the same moment are one.
            if (first != reading.At)
                count++;
            first = reading.At;
            last ??= reading.At;
            uptime = reading.Uptime ?? uptime;
        }
        return first is null ? null : new IdleRun(first.Value, last!.Value, count - 1, false);
    }

    /// <summary>Returns true when the uptime of the following reading is shorter by more than answers in the wrong order explain.</summary>
    private static bool RestartedAfter(in Reading reading, TimeSpan? following) =>
        following is { } next && reading.Uptime is { } before && before - next > TimeSpan.FromSeconds(2);
}
