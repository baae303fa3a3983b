using System;

namespace PulseRun.Emulator.Simulation;

/// <summary>Simulates a load that is busy for a part of every ten minutes. Memory use stays low, so that only the GPU load shows the work.</summary>
internal sealed class BurstyWorkload(double duty) : Workload
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    public override EmulatorReading Read(WorkloadTick tick)
    {
        // Instances do not work in phase with each other.
        long phase = (long)(s_period.Ticks * DeterministicRandom.Unit(tick.Seed, tick.Id + "/phase"));
        bool works = (tick.SinceStart.Ticks + phase) % s_period.Ticks < duty * s_period.Ticks;
        return new EmulatorReading
        {
            GpuUtilization = works ? tick.Between(80, 99.9, "gpu") : tick.Between(0, 1.5, "gpu") is > 1 and var load ? load : 0,
            MemoryUsage = tick.Constant(10, 30, "memory"),
            DiskUsage = tick.Constant(15, 70, "disk"),
        };
    }
}
