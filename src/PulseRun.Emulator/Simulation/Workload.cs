using System;
using System.Globalization;

namespace PulseRun.Emulator.Simulation;

/// <summary>Represents the load of an instance.</summary>
internal abstract class Workload
{
    /// <summary>Returns the metrics at a given time; null when they are not available.</summary>
    public abstract EmulatorReading? Read(WorkloadTick tick);

    /// <summary>Returns the workload with the given name; <c>bursty</c> may be followed by a colon and the share of time at work, from 0 to 1.</summary>
    public static Workload Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length == 2 && Is(parts[0], "bursty")
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double duty) && duty is >= 0 and <= 1)
            return new BurstyWorkload(duty);
        return text.ToUpperInvariant() switch
        {
            "BUSY" => new SteadyWorkload((86, 99.9), (55, 95)),
            "IDLE" => new SteadyWorkload((0, 1.5), (0.5, 4)),
            "BURSTY" => new BurstyWorkload(0.2),
            "SILENT" => new SeriesWorkload([new EmulatorReading { Missing = true }], TimeSpan.Zero, TimeSpan.Zero),
            "BLANK" => new SeriesWorkload([new EmulatorReading()], TimeSpan.Zero, TimeSpan.Zero),
            _ => throw new ArgumentException("'" + text + "' is not a workload. Use busy, idle, bursty, bursty:0.1, silent or blank.", nameof(text)),
        };
    }

    private static bool Is(string text, string name) => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);
}
