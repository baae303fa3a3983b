namespace PulseRun;

/// <summary>Represents one reading of one GPU.</summary>
public sealed class GpuMetrics
{
    /// <summary>Gets the position of the GPU in the server's answer, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Gets the utilization in percent (0 to 100); null when unknown.</summary>
    public double? Utilization { get; init; }

    /// <summary>Gets the memory in use, in percent (0 to 100); null when unknown.</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>Returns the utilization as text.</summary>
    public override string ToString() => PulseRun.Core.Text.Display.Percent(Utilization);
}
