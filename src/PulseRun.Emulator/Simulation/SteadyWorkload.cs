namespace PulseRun.Emulator.Simulation;

/// <summary>Simulates a constant load. Up to 1 percent is reported as 0, as GPU drivers do, because values up to 1 alone could also be fractions.</summary>
internal sealed class SteadyWorkload((double Low, double High) gpu, (double Low, double High) memory) : Workload
{
    public override EmulatorReading Read(WorkloadTick tick) => new()
    {
        GpuUtilization = tick.Between(gpu.Low, gpu.High, "gpu") is > 1 and var load ? load : 0,
        MemoryUsage = tick.Constant(memory.Low, memory.High, "memory"),
        DiskUsage = tick.Constant(15, 70, "disk"),
    };
}
