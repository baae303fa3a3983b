using System;
using System.Globalization;
using System.Linq;
using System.Net.Http;

namespace PulseRun.Client.Http;

/// <summary>Parses the Retry-After header, in seconds or as a date, and tolerates invalid values.</summary>
internal static class RetryAfter
{
    /// <summary>The upper bound of the returned wait, longer than any permitted wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Returns the requested wait; zero for a time in the past; null when the header is missing or invalid.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.TryGetValues("Retry-After", out var values))
            return null;
        // Compare with the server's own clock if it sends one, because the local clock may be wrong by minutes.
        return Parse(values.FirstOrDefault(), response.Headers.Date ?? now);
    }

    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        value = value?.Trim();
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double seconds))
        {
            // The time is computed in ticks, because FromSeconds of the .NET Framework rounds to milliseconds.
            return seconds >= 0 ? TimeSpan.FromTicks((long)Math.Round(Math.Min(seconds, Longest.TotalSeconds) * TimeSpan.TicksPerSecond)) : null;
        }
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return null;
        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
