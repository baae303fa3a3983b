using System;
using System.Globalization;
using System.IO;
using System.Threading;

namespace PulseRun.PowerShell.Session;

/// <summary>Compares the clock of this process with that of the machine. Programs such as faketime move the clock of a process, for simulations.</summary>
internal static class MachineClock
{
    /// <summary>The difference from which the clock counts as moved. The kernel's figures are exact to a second.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(10);

    /// <summary>The speed from which a wait in this process is short in real time.</summary>
    private const double Fast = 2;

    private static readonly Lazy<(bool IsMoved, bool IsFast)> s_state = new(Compare);

    /// <summary>True when this process has another time than the machine. False when that is not known.</summary>
    public static bool IsMoved => s_state.Value.IsMoved;

    /// <summary>True when the clock of this process is moved and runs faster than that of the machine. Waits then end early, too.</summary>
    public static bool IsFast => s_state.Value.IsFast;

    private static (bool IsMoved, bool IsFast) Compare()
    {
        // Only Linux has the files that this compares.
        if (Path.DirectorySeparatorChar != '/' || Started() is not { } started || Uptime() is not { } up)
            return default;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if ((now - (started + up)).Duration() < s_tolerance)
            return default;
        // The uptime has a resolution of 10 ms. After 50 ms, a clock that runs twice as fast is certain to be recognized.
        TimeSpan later = up;
        for (int i = 0; i < 1000 && later - up < TimeSpan.FromSeconds(0.05); i++)
        {
            Thread.Sleep(1);
            later = Uptime() ?? up;
        }
        return (true, later > up && (DateTimeOffset.UtcNow - now).TotalSeconds > Fast * (later - up).TotalSeconds);
    }

    /// <summary>Returns when the machine was started, by its own clock; null when it does not say.</summary>
    private static DateTimeOffset? Started()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/stat"))
            {
                if (line.Split(' ') is { Length: 2 } words && words[0] == "btime")
                    return long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds is > 0 and < uint.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The start is not known.
        }
        return null;
    }

    /// <summary>Returns the time since the machine was started, including the time in which it slept; null when it is not known.</summary>
    private static TimeSpan? Uptime()
    {
        try
        {
            return double.TryParse(File.ReadAllText("/proc/uptime").Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < uint.MaxValue ? TimeSpan.FromSeconds(seconds) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
