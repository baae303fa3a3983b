using System;

namespace PulseRun.Report;

/// <summary>The load in one part of the time; null without a reading in it.</summary>
internal readonly record struct LoadPoint(DateTimeOffset At, double? Mean, double? Peak);
