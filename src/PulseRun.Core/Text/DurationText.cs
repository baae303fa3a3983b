using System;

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
            double number = 0;
            for (; at < left.Length && left[at] is >= '0' and <= '9'; at++)
                number = number * 10 + (left[at] - '0');
            if (at == start || at == left.Length)
                return false;
            int next = "dhms".IndexOf(left[at++]);
            if (next <= unit)
                return false;
            unit = next;
            seconds += number * next switch { 0 => 86_400, 1 => 3600, 2 => 60, _ => 1 };
        }
        // The number is infinite if the text has too many digits.
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
