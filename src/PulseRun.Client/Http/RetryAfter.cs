using System;
using System.Globalization;
using System.Linq;
using System.Net.Http;

namespace PulseRun.Client.Http;

/// <summary>The Retry-After header in its two forms, and in the broken ones.</summary>
internal static class RetryAfter
{
    /// <summary>Longer waits are cut to this, which is longer than any patience.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Returns how long to wait, however absurd; zero for a moment that has passed; null when the header is absent or broken.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.TryGetValues("Retry-After", out var values))
            return null;
        // Against the server's own clock where it tells it: ours may be off by minutes.
        return Parse(values.FirstOrDefault(), response.Headers.Date ?? now);
    }

    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        value = value?.Trim();
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double seconds))
        {
            // In ticks: the .NET Framework's FromSeconds rounds to milliseconds.
            return seconds >= 0 ? TimeSpan.FromTicks((long)Math.Round(Math.Min(seconds, Longest.TotalSeconds) * TimeSpan.TicksPerSecond)) : null;
        }
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return null;
        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
