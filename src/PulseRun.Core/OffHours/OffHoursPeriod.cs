using System;

namespace PulseRun.Core.OffHours;

/// <summary>Represents one stretch of off hours.</summary>
/// <param name="Start">The start (UTC), inclusive.</param>
/// <param name="End">The end (UTC), exclusive.</param>
internal sealed record OffHoursPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    public bool Contains(DateTimeOffset time) => time >= Start && time < End;

    /// <summary>Returns true when cleanup stops an instance in this period. One that was started in it was started on purpose, and is left running.</summary>
    public bool Stops(DateTimeOffset? startedAt) => startedAt is { } start && start < Start;
}
