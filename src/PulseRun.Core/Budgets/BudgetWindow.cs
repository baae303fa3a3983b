using System;

namespace PulseRun.Core.Budgets;

/// <summary>Represents a day or a month of a time zone. A day with a change of the clocks has 23 or 25 hours.</summary>
/// <param name="From">The start, with the offset of the zone at that time.</param>
/// <param name="Until">The end, which is the start of the next one.</param>
internal readonly record struct BudgetWindow(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Returns the day or month that contains a time.</summary>
    public static BudgetWindow Of(BudgetPeriod period, DateTimeOffset now, TimeZoneInfo zone)
    {
        DateTime day = TimeZoneInfo.ConvertTime(now, zone).Date;
        DateTime start = period == BudgetPeriod.Day ? day : new DateTime(day.Year, day.Month, 1);
        return new BudgetWindow(Start(start, zone), Start(period == BudgetPeriod.Day ? start.AddDays(1) : start.AddMonths(1), zone));
    }

    /// <summary>Returns the name of a time zone and its present offset.</summary>
    public static string NameOf(TimeZoneInfo zone, DateTimeOffset now)
    {
        TimeSpan offset = zone.GetUtcOffset(now);
        return zone.Id + " (UTC" + (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hh\\:mm", System.Globalization.CultureInfo.InvariantCulture) + ")";
    }

    /// <summary>Returns the first moment of a local day. Where the clocks change at midnight, 00:00 may not exist or may come twice.</summary>
    private static DateTimeOffset Start(DateTime day, TimeZoneInfo zone)
    {
        DateTime at = DateTime.SpecifyKind(day, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(at))
            at = at.AddMinutes(1);
        TimeSpan offset = zone.GetUtcOffset(at);
        if (zone.IsAmbiguousTime(at))
        {
            // The larger offset is that of the earlier moment.
            foreach (TimeSpan other in zone.GetAmbiguousTimeOffsets(at))
                offset = other > offset ? other : offset;
        }
        return new DateTimeOffset(at, offset);
    }
}
