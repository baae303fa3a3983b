using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace PulseRun.PowerShell.Copy;

/// <summary>Counts the bytes of all copies of a command, for the progress line. Thread-safe.</summary>
internal sealed class ByteProgress
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _done;
    private long _total;

    /// <summary>Gets the percentage; -1 while the total is unknown.</summary>
    public int Percent => Interlocked.Read(ref _total) is > 0 and var total ? (int)Math.Min(100, 100 * (double)Interlocked.Read(ref _done) / total) : -1;

    public void Add(long bytes) => Interlocked.Add(ref _done, bytes);

    public void AddTotal(long bytes) => Interlocked.Add(ref _total, bytes);

    /// <summary>Returns the bytes and the speed, for a person.</summary>
    public override string ToString()
    {
        long done = Interlocked.Read(ref _done), total = Interlocked.Read(ref _total);
        double seconds = Math.Max(0.1, _clock.Elapsed.TotalSeconds);
        return Size(done) + (total > 0 ? " of " + Size(total) : "") + ", " + Size((long)(done / seconds)) + "/s";
    }

    private static string Size(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        int unit = 0;
        while (bytes >= 1000 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }
        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
