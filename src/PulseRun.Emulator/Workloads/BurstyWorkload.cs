using System;

namespace PulseRun.Emulation.Workloads;

/// <summary>Busy for a part of every ten minutes, and quiet for the rest. The memory stays low: it is the GPU that tells.</summary>
internal sealed class BurstyWorkload(double duty) : Workload
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    public override EmulatorReading Read(Moment moment)
    {
        // Machines of one kind do not beat in step.
        long phase = (long)(s_period.Ticks * Noise.Unit(moment.Seed, moment.Id + "/phase"));
        bool works = (moment.SinceStart.Ticks + phase) % s_period.Ticks < duty * s_period.Ticks;
        return new EmulatorReading
        {
            GpuUtilization = works ? moment.Between(80, 99.9, "gpu") : moment.Between(0, 1.5, "gpu") is > 1 and var load ? load : 0,
            MemoryUsage = moment.Constant(10, 30, "memory"),
            DiskUsage = moment.Constant(15, 70, "disk"),
        };
    }
}
