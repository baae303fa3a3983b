namespace PulseRun;

/// <summary>One reading of one GPU.</summary>
public sealed class GpuMetrics
{
    /// <summary>The GPU's place in the server's answer, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Utilisation in percent (0 to 100); null when unknown.</summary>
    public double? Utilization { get; init; }

    /// <summary>Memory in use, in percent (0 to 100); null when unknown.</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>Answers the utilisation as people read it.</summary>
    public override string ToString() => PulseRun.Core.Text.Display.Percent(Utilization);
}
