using System;
using System.Globalization;

namespace PulseRun.Core.Wait;

/// <summary>Parses and formats the reasons that requests report while they wait: text that may end in a number of seconds (<c>rate limit, 42 s</c>).</summary>
internal static class WaitText
{
    private const string RateLimit = "rate limit";
    private const string Unit = " s";

    /// <summary>The shortest wait, in seconds, that is reported. Shorter ones are normal.</summary>
    private const int LeastSeconds = 3;

    /// <summary>Returns the reason as it reads after some time: its seconds are counted down to 0.</summary>
    public static string CountDown(string reason, TimeSpan since) =>
        Find(reason) is { } found
            ? string.Format(CultureInfo.InvariantCulture, "{0}{1}{2}", reason.Substring(0, found.At), Math.Max(0, found.Seconds - (int)since.TotalSeconds), Unit)
            : reason;

    /// <summary>Returns the warning for a wait that could look like a command that hangs; null for other waits.</summary>
    public static string? Warning(string reason) =>
        reason.StartsWith(RateLimit, StringComparison.Ordinal) && Find(reason) is { Seconds: >= LeastSeconds } found
            ? string.Format(CultureInfo.InvariantCulture, "The rate limit of the key is reached; the next request waits about {0} s. The command then continues. Further waits of this command are not reported.", found.Seconds)
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
