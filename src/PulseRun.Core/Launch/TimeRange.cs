using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents a time by the server's clock, which is known from Date headers only.</summary>
/// <param name="Best">The best estimate.</param>
/// <param name="Low">The difference of the earliest possible time from the best estimate; zero or negative unless all answers show a later time.</param>
/// <param name="High">The difference of the latest possible time from the best estimate.</param>
internal readonly record struct TimeRange(DateTimeOffset Best, TimeSpan Low, TimeSpan High)
{
    public DateTimeOffset Earliest => Best + Low;

    public DateTimeOffset Latest => Best + High;
}
