using System;
using System.Collections.Generic;

namespace PulseRun.Core.Report;

/// <summary>Represents one instance in the report.</summary>
internal sealed record ReportLine
{
    public required string Id { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    /// <summary>Gets the state in the present list; null when the instance is not listed or there is no list.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the latest known price, in dollars per hour.</summary>
    public decimal? Price { get; init; }

    /// <summary>Gets how long the instance is known to have been billed.</summary>
    public TimeSpan Burned { get; init; }

    public decimal Cost { get; init; }

    /// <summary>Gets how much of the time the readings cover.</summary>
    public TimeSpan Covered { get; init; }

    public TimeSpan Idle { get; init; }

    public decimal IdleCost { get; init; }

    /// <summary>Gets the time since which the readings show the running instance idle up to now; null when they do not.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    public double? MeanGpu { get; init; }

    public double? PeakGpu { get; init; }

    public IReadOnlyList<LoadPoint> Load { get; init; } = [];
}

/// <summary>Represents the average cost of the fleet in one part of the time, in dollars per hour.</summary>
internal readonly record struct BurnPoint(DateTimeOffset At, decimal PerHour);

/// <summary>Represents the load in one part of the time; null without readings.</summary>
internal readonly record struct LoadPoint(DateTimeOffset At, double? Mean, double? Peak);
