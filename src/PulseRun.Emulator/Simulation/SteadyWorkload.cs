namespace PulseRun.Emulator.Simulation;

/// <summary>Always about the same. Up to 1 percent is 0, as a driver says it: values up to 1 alone could be parts of one.</summary>
internal sealed class SteadyWorkload((double Low, double High) gpu, (double Low, double High) memory) : Workload
{
    public override EmulatorReading Read(WorkloadTick tick) => new()
    {
        GpuUtilization = tick.Between(gpu.Low, gpu.High, "gpu") is > 1 and var load ? load : 0,
        MemoryUsage = tick.Constant(memory.Low, memory.High, "memory"),
        DiskUsage = tick.Constant(15, 70, "disk"),
    };
}
