using System;
using System.Globalization;

namespace PulseRun.Core.Wait;

/// <summary>The reason for a wait, as calls give it: text, which may end in a number of seconds (<c>rate limit, 42 s</c>).</summary>
internal static class WaitText
{
    private const string RateLimit = "rate limit";
    private const string Unit = " s";

    /// <summary>Shorter waits are part of normal work and need no warning.</summary>
    private const int LeastSeconds = 3;

    /// <summary>Returns the reason as it reads some time after it was given: its seconds are counted down to 0.</summary>
    public static string CountDown(string reason, TimeSpan since) =>
        Find(reason) is { } found
            ? string.Format(CultureInfo.InvariantCulture, "{0}{1}{2}", reason.Substring(0, found.At), Math.Max(0, found.Seconds - (int)since.TotalSeconds), Unit)
            : reason;

    /// <summary>Returns the warning for a wait that a person would take for a command that hangs; null for other waits.</summary>
    public static string? Warning(string reason) =>
        reason.StartsWith(RateLimit, StringComparison.Ordinal) && Find(reason) is { Seconds: >= LeastSeconds } found
            ? string.Format(CultureInfo.InvariantCulture, "The rate limit of the key is reached: requests wait for their turn, now about {0} s. The command goes on by itself. Further waits of this command are not reported.", found.Seconds)
            : null;

    private static (int At, int Seconds)? Find(string reason)
    {
        if (reason.Length <= Unit.Length || !reason.EndsWith(Unit, StringComparison.Ordinal))
            return null;
        int at = reason.LastIndexOf(' ', reason.Length - Unit.Length - 1) + 1;
        string number = reason.Substring(at, reason.Length - Unit.Length - at);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? (at, seconds) : null;
    }
}
