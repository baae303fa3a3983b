using System;
using System.Collections.Generic;
using System.Globalization;

namespace PulseRun.Core.OffHours;

/// <summary>Represents weekly off hours, for example <c>Mon-Fri 19:00-07:00 Europe/Berlin; Sat-Sun</c>. Immutable.</summary>
/// <remarks>
/// Parts are separated by semicolons. A part has days (Mon, or Mon-Fri) and, optionally, a time range; without one it covers the whole days. A range
/// that ends at or before its start ends on the next day. One time zone (a name of the IANA database or of Windows) may follow any part and applies to all;
/// without one, the time zone of this machine applies.
/// </remarks>
internal sealed class OffHoursRule
{
    private static readonly string[] s_days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly char[] s_blanks = [' ', '\t'];
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private readonly List<Part> _parts;

    private OffHoursRule(List<Part> parts, TimeZoneInfo zone)
    {
        _parts = parts;
        Zone = zone;
    }

    /// <summary>Gets the time zone of the days and times.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>Reads off hours.</summary>
    /// <param name="text">The text of the tag.</param>
    /// <param name="local">The time zone of this machine.</param>
    /// <param name="problem">The mistake in the text; null when there is none.</param>
    /// <returns>The off hours; null when the text cannot be read.</returns>
    public static OffHoursRule? Parse(string text, TimeZoneInfo local, out string? problem)
    {
        var parts = new List<Part>();
        TimeZoneInfo? zone = null;
        foreach (string written in text.Split(';'))
        {
            string[] words = written.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 && parts.Count > 0)
                continue;
            if (words.Length == 0 || Days(words[0]) is not { } days)
                return Fail("'" + written.Trim() + "' does not begin with days, such as Mon-Fri or Sat", out problem);
            int next = 1;
            (TimeSpan From, TimeSpan To)? range = next < words.Length ? Range(words[next]) : null;
            if (range is not null)
                next++;
            if (next < words.Length)
            {
                if (next + 1 < words.Length)
                    return Fail("'" + string.Join(" ", words, next, words.Length - next) + "' is neither a time range, such as 19:00-07:00, nor a time zone", out problem);
                if (FindZone(words[next]) is not { } named)
                    return Fail("'" + words[next] + "' is neither a time range, such as 19:00-07:00, nor a known time zone, such as Europe/Berlin", out problem);
                if (zone is not null && zone.Id != named.Id)
                    return Fail("two time zones are named", out problem);
                zone = named;
            }
            parts.Add(new Part(days, range?.From ?? TimeSpan.Zero, range?.To ?? s_day));
        }
        problem = null;
        return new OffHoursRule(parts, zone ?? local);

        static OffHoursRule? Fail(string what, out string? problem)
        {
            problem = what;
            return null;
        }
    }

    /// <summary>Returns the off hours that a time lies in, with adjoining ones joined; null when it lies in none.</summary>
    public OffHoursPeriod? At(DateTimeOffset now)
    {
        // A period of a whole week without a gap would have no start: then the search ends a week before.
        DateTime today = TimeZoneInfo.ConvertTime(now, Zone).Date;
        var periods = new List<OffHoursPeriod>();
        for (int day = -8; day <= 8; day++)
        {
            DateTime date = today.AddDays(day);
            foreach (Part part in _parts)
            {
                if (part.Days[(int)date.DayOfWeek])
                    periods.Add(new OffHoursPeriod(Utc(date + part.From), Utc(part.To > part.From ? date + part.To : date + s_day + part.To)));
            }
        }
        periods.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        OffHoursPeriod? joined = null;
        foreach (OffHoursPeriod period in periods)
        {
            if (joined is not null && period.Start <= joined.End)
            {
                joined = joined with { End = period.End > joined.End ? period.End : joined.End };
                continue;
            }
            if (joined is not null && joined.Contains(now))
                return joined;
            joined = period;
        }
        return joined is not null && joined.Contains(now) ? joined : null;
    }

    /// <summary>Converts a local time to UTC. A time that a change of the clocks skips becomes the moment of the change; of one that occurs twice, the first counts.</summary>
    private DateTimeOffset Utc(DateTime local)
    {
        if (Zone.IsInvalidTime(local))
        {
            do
                local = local.AddMinutes(1);
            while (Zone.IsInvalidTime(local));
        }
        TimeSpan offset = Zone.GetUtcOffset(local);
        if (Zone.IsAmbiguousTime(local))
        {
            foreach (TimeSpan one in Zone.GetAmbiguousTimeOffsets(local))
                offset = one > offset ? one : offset;
        }
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
    }

    private static bool[]? Days(string word)
    {
        string[] ends = word.Split('-');
        int first = Day(ends[0]);
        int last = ends.Length switch { 1 => first, 2 => Day(ends[1]), _ => -1 };
        if (first < 0 || last < 0)
            return null;
        var days = new bool[7];
        for (int day = first; ; day = (day + 1) % 7)
        {
            days[day] = true;
            if (day == last)
                return days;
        }
    }

    private static int Day(string word) => Array.FindIndex(s_days, day => day.Equals(word, StringComparison.OrdinalIgnoreCase));

    private static (TimeSpan From, TimeSpan To)? Range(string word)
    {
        string[] ends = word.Split('-');
        return ends.Length == 2 && Time(ends[0]) is { } from && Time(ends[1]) is { } to && from < s_day ? (from, to) : null;
    }

    /// <summary>Returns a time of day; 24:00 is the end of the day.</summary>
    private static TimeSpan? Time(string word)
    {
        if (word == "24:00")
            return s_day;
        return TimeSpan.TryParseExact(word, @"h\:mm", CultureInfo.InvariantCulture, out TimeSpan time) || TimeSpan.TryParseExact(word, @"hh\:mm", CultureInfo.InvariantCulture, out time) ? time : null;
    }

    private static TimeZoneInfo? FindZone(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            return null;
        }
    }

    /// <summary>Represents one part: the days on which it begins, indexed by DayOfWeek, and its times.</summary>
    private sealed record Part(bool[] Days, TimeSpan From, TimeSpan To);
}
