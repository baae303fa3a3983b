using System;

namespace PulseRun.Report;

/// <summary>A time in which an instance burned money at one price.</summary>
/// <param name="From">Since when.</param>
/// <param name="To">Until when.</param>
/// <param name="Price">In dollars per hour; null when unknown.</param>
internal readonly record struct BurnStretch(DateTimeOffset From, DateTimeOffset To, decimal? Price)
{
    /// <summary>What the part of it inside a window cost; 0 where the price is unknown.</summary>
    public decimal CostWithin(DateTimeOffset from, DateTimeOffset to) => Price is { } price ? price * Within(from, to).Ticks / TimeSpan.TicksPerHour : 0;

    /// <summary>How much of it lies inside a window.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to)
    {
        DateTimeOffset start = From > from ? From : from;
        DateTimeOffset end = To < to ? To : to;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
