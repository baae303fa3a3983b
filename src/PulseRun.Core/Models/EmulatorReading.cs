using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents one reading of a scripted workload: one answer of the emulator's metrics endpoint.</summary>
public sealed class EmulatorReading
{
    /// <summary>Gets or sets the GPU utilization in percent; null is returned as null. Negative values and values over 100 are sent unchanged.</summary>
    public double? GpuUtilization { get; set; }

    /// <summary>Gets or sets the GPU memory in use, in percent; null is returned as null.</summary>
    public double? MemoryUsage { get; set; }

    /// <summary>Gets or sets the disk space in use, in percent; null is returned as null.</summary>
    public double? DiskUsage { get; set; }

    /// <summary>Gets or sets the utilization of each GPU in percent. When it is not empty, the answer has an array <c>gpus</c>.</summary>
    public IReadOnlyList<double?> Gpus { get; set; } = [];

    /// <summary>Gets or sets whether the metrics are missing, so that the request returns 404.</summary>
    public bool Missing { get; set; }
}
