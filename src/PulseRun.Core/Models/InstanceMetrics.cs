using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents one reading of an instance's load. A reading is a point in time, not an average.</summary>
/// <remarks>Null means unknown, never 0: missing, null, negative and NaN values all become null.</remarks>
public sealed class InstanceMetrics : InstanceReference
{
    private readonly PropertyBag _additional = PropertyBag.None;
    private readonly GpuList _gpus = GpuList.None;

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the time of the reading (UTC).</summary>
    public DateTimeOffset SampledAt { get; init; }

    /// <summary>Gets the GPU utilization in percent (0 to 100). If the server reports only single GPUs, this is the highest of them.</summary>
    public double? GpuUtilization { get; init; }

    /// <summary>Gets the GPU memory in use, in percent (0 to 100).</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>Gets the disk space in use, in percent (0 to 100).</summary>
    public double? DiskUsage { get; init; }

    /// <summary>Gets how long the instance has been up.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>Gets the readings of the single GPUs; empty when the server sends none.</summary>
    public IReadOnlyList<GpuMetrics> Gpus { get => _gpus; init => _gpus = GpuList.Of(value); }

    /// <summary>Gets where the reading comes from: Api, or Ssh for Get-PRInstanceMetrics -Via Ssh.</summary>
    public MetricsSource Source { get; init; }

    /// <summary>True when the answer cannot prove idleness: its timestamp is old, or its <c>gpus</c> cannot be read.</summary>
    internal bool IsDoubtful { get; init; }

    /// <summary>Gets the number of GPUs of a recorded reading whose single GPUs were not kept.</summary>
    internal int RecordedGpuCount { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }
}
