namespace PulseRun.Emulation.Workloads;

/// <summary>Always about the same.</summary>
internal sealed class SteadyWorkload((double Low, double High) gpu, (double Low, double High) memory) : Workload
{
    public override EmulatorReading Read(Moment moment) => new()
    {
        GpuUtilization = moment.Between(gpu.Low, gpu.High, "gpu"),
        MemoryUsage = moment.Constant(memory.Low, memory.High, "memory"),
        DiskUsage = moment.Constant(15, 70, "disk"),
    };
}
