using System;

namespace PulseRun.Report;

/// <summary>What the fleet burned on average in one part of the time, in dollars per hour.</summary>
internal readonly record struct BurnPoint(DateTimeOffset At, decimal PerHour);
