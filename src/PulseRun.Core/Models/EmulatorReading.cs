using System.Collections.Generic;

namespace PulseRun;

/// <summary>One reading of a scripted workload: what the metrics endpoint of the emulator answers at one moment.</summary>
public sealed class EmulatorReading
{
    /// <summary>GPU utilisation in percent; null answers null. Negative values and values over 100 are sent as they are.</summary>
    public double? GpuUtilization { get; set; }

    /// <summary>GPU memory in use, in percent; null answers null.</summary>
    public double? MemoryUsage { get; set; }

    /// <summary>Disk in use, in percent; null answers null.</summary>
    public double? DiskUsage { get; set; }

    /// <summary>Utilisation of each GPU in percent. When it is not empty, the answer has an array <c>gpus</c>.</summary>
    public IReadOnlyList<double?> Gpus { get; set; } = [];

    /// <summary>Whether there is no answer at all (404).</summary>
    public bool Missing { get; set; }
}
