using System;
using System.Globalization;

namespace PulseRun.Core.Text;

/// <summary>Reads durations as people write them: <c>24h</c>, <c>90m</c>, <c>1d12h</c>.</summary>
internal static class DurationText
{
    /// <summary>Reads a duration of whole days, hours, minutes and seconds, in this order, each at most once. Returns false for any other text, such as a number without a unit.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        string left = text?.Trim().ToLowerInvariant() ?? "";
        if (left.Length == 0)
            return false;
        double seconds = 0;
        int at = 0, unit = -1;
        while (at < left.Length)
        {
            int start = at;
            while (at < left.Length && left[at] is >= '0' and <= '9')
                at++;
            if (at == start || at == left.Length || !long.TryParse(left.Substring(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                return false;
            int next = "dhms".IndexOf(left[at++]);
            if (next <= unit)
                return false;
            unit = next;
            seconds += number * (double)(next switch { 0 => 86_400, 1 => 3600, 2 => 60, _ => 1 });
        }
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
