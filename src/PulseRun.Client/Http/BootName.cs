using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace PulseRun.Client.Http;

/// <summary>Identifies the boot of this machine, from which the monotonic clock counts. All containers of a machine share it.</summary>
internal static class BootName
{
    private static readonly Lazy<string> s_current = new(Read);

    public static string Current => s_current.Value;

    private static string Read()
    {
        try
        {
            if (File.Exists("/proc/sys/kernel/random/boot_id"))
                return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is missing or cannot be read; use the fallback below.
        }
        // Round to ten minutes, so that processes of one boot compute the same name. A process that rounds differently cannot compare its readings, and waits longer.
        var booted = DateTimeOffset.UtcNow - TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);
        return Environment.MachineName + "@" + (booted.ToUnixTimeSeconds() / 600).ToString(CultureInfo.InvariantCulture);
    }
}
