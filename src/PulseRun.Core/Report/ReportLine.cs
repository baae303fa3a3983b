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

    /// <summary>Gets the state in the present list; empty when the server sent none, null when the instance is not listed or there is no list.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the latest known price, in dollars per hour.</summary>
    public decimal? Price { get; init; }

    /// <summary>Gets how long the instance is known to have been billed.</summary>
    public TimeSpan Burned { get; init; }

    public decimal Cost { get; init; }

    /// <summary>True when the price of a part of the billed time is not known, so that the costs are lower bounds.</summary>
    public bool HasUnknownPrice { get; init; }

    /// <summary>Gets how much of the time the readings cover.</summary>
    public TimeSpan Covered { get; init; }

    /// <summary>Gets the cost of the time that the readings cover.</summary>
    public decimal CoveredCost { get; init; }

    public TimeSpan Idle { get; init; }

    public decimal IdleCost { get; init; }

    /// <summary>Gets the start of the idle time that has not ended; null when the instance is not known to be idle now.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    /// <summary>True when the instance may have been idle before <see cref="IdleSince"/>, because no reading shows the work before it.</summary>
    public bool IsIdleLonger { get; init; }

    /// <summary>True when the instance is running now and has no current reading, so that it is not known whether it works.</summary>
    public bool IsBlind { get; init; }

    /// <summary>Gets the time of the last usable reading; null without one.</summary>
    public DateTimeOffset? LastRead { get; init; }

    /// <summary>Gets the share of the cost that was idle, from 0 to 1, of the time that the readings cover. It is the share of the time where the cost is 0 or unknown. Null without readings.</summary>
    public double? IdleShare =>
        CoveredCost > 0 && !HasUnknownPrice ? (double)(IdleCost / CoveredCost)
        : Covered > TimeSpan.Zero ? (double)Idle.Ticks / Covered.Ticks
        : null;

    public double? MeanGpu { get; init; }

    public double? PeakGpu { get; init; }

    public IReadOnlyList<LoadPoint> Load { get; init; } = [];
}

/// <summary>Represents the average cost of the fleet in one part of the time, in dollars per hour.</summary>
internal readonly record struct BurnPoint(DateTimeOffset At, decimal PerHour);

/// <summary>Represents the load in one part of the time; null without readings.</summary>
internal readonly record struct LoadPoint(DateTimeOffset At, double? Mean, double? Peak);
