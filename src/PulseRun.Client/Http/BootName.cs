using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace PulseRun.Client.Http;

/// <summary>Names this machine's boot, which the steady clock counts from. All containers of a machine share it.</summary>
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
            // No such file, or none that may be read: see below.
        }
        // To the nearest ten minutes, so that processes of one boot agree. One that disagrees cannot compare its readings, and waits longer.
        var booted = DateTimeOffset.UtcNow - TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);
        return Environment.MachineName + "@" + (booted.ToUnixTimeSeconds() / 600).ToString(CultureInfo.InvariantCulture);
    }
}
