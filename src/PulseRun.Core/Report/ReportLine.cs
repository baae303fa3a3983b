using System;
using System.Collections.Generic;

namespace PulseRun.Core.Report;

/// <summary>One instance in the report.</summary>
internal sealed record ReportLine
{
    public required string Id { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    /// <summary>As listed now; null when it is gone, or when there is no list.</summary>
    public string? Status { get; init; }

    /// <summary>The latest known price, in dollars per hour.</summary>
    public decimal? Price { get; init; }

    /// <summary>How long it was seen burning.</summary>
    public TimeSpan Burned { get; init; }

    public decimal Cost { get; init; }

    /// <summary>How much of the time the readings speak for.</summary>
    public TimeSpan Covered { get; init; }

    public TimeSpan Idle { get; init; }

    public decimal IdleCost { get; init; }

    public double? MeanGpu { get; init; }

    public double? PeakGpu { get; init; }

    public IReadOnlyList<LoadPoint> Load { get; init; } = [];
}

/// <summary>What the fleet burned on average in one part of the time, in dollars per hour.</summary>
internal readonly record struct BurnPoint(DateTimeOffset At, decimal PerHour);

/// <summary>The load in one part of the time; null without a reading in it.</summary>
internal readonly record struct LoadPoint(DateTimeOffset At, double? Mean, double? Peak);
