using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>One reading of an instance's load. A reading is a point in time, not an average.</summary>
/// <remarks>Null means unknown, never 0: missing, null, negative and NaN readings all become null.</remarks>
public sealed class InstanceMetrics : InstanceReference
{
    /// <summary>The instance that was read.</summary>
    public override string Id { get; init; } = "";

    /// <summary>When it was read (UTC).</summary>
    public DateTimeOffset SampledAt { get; init; }

    /// <summary>GPU utilisation in percent (0 to 100). Where the server gives single GPUs only, the highest of them.</summary>
    public double? GpuUtilization { get; init; }

    /// <summary>GPU memory in use, in percent (0 to 100).</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>Disk in use, in percent (0 to 100).</summary>
    public double? DiskUsage { get; init; }

    /// <summary>How long the instance has been up.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>One reading for each GPU, where the server gives them; else empty.</summary>
    public IReadOnlyList<GpuMetrics> Gpus { get; init; } = [];

    /// <summary>True when the answer says itself that it proves no rest: its timestamp is old, or its <c>gpus</c> cannot be read.</summary>
    internal bool IsDoubtful { get; init; }

    /// <summary>Whatever else the server sent, by its name there. Keys and tokens in it are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get; init; } = EmptyProperties.Instance;
}
