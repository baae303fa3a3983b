using System;

namespace PulseRun.Emulation.Workloads;

/// <summary>Busy for a part of every ten minutes, and quiet for the rest. The memory stays low: it is the GPU that tells.</summary>
internal sealed class BurstyWorkload(double duty) : Workload
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    public override EmulatorReading Read(Moment moment)
    {
        double phase = moment.Constant(0, 1, "phase");
        double position = ((double)moment.SinceStart.Ticks / s_period.Ticks) + phase;
        bool works = position - Math.Floor(position) < duty;
        return new EmulatorReading
        {
            GpuUtilization = works ? moment.Between(80, 99.9, "gpu") : moment.Between(0, 1.5, "gpu"),
            MemoryUsage = moment.Constant(10, 30, "memory"),
            DiskUsage = moment.Constant(15, 70, "disk"),
        };
    }
}
