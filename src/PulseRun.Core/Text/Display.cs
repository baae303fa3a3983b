using System;
using System.Globalization;

namespace PulseRun.Core.Text;

/// <summary>Formats values for display.</summary>
internal static class Display
{
    /// <summary>Returns a price with at least two and at most four decimals, because cheap GPUs cost fractions of a cent.</summary>
    public static string PerHour(decimal dollars) => "$" + dollars.ToString("0.00##", CultureInfo.InvariantCulture) + "/h";

    /// <summary>Returns an amount with two decimals.</summary>
    public static string Dollars(decimal dollars) => "$" + dollars.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Returns a duration in at most two units and six characters: <c>42s</c>, <c>17m</c>, <c>3h12m</c>, <c>12d3h</c>, <c>365d</c>. A negative one is returned as zero.</summary>
    public static string Duration(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            duration = TimeSpan.Zero;
        if (duration.TotalMinutes < 1)
            return Number(duration.Seconds) + "s";
        if (duration.TotalHours < 1)
            return Number(duration.Minutes) + "m";
        if (duration.TotalDays < 1)
            return Number(duration.Hours) + "h" + Number(duration.Minutes) + "m";
        if (duration.TotalDays < 100)
            return Number(duration.Days) + "d" + Number(duration.Hours) + "h";
        return Number((long)duration.TotalDays) + "d";
    }

    /// <summary>Returns a percentage with at most one decimal; a question mark for an unknown value.</summary>
    public static string Percent(double? value) =>
        value is { } percent ? percent.ToString("0.#", CultureInfo.InvariantCulture) + "%" : "?";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
