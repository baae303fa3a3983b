using System;

namespace PulseRun.Emulator.Simulation;

/// <summary>Identifies the instance and the time of a reading, in seconds since the start of the emulator, so that a run can be repeated at any date.</summary>
internal readonly record struct WorkloadTick(int Seed, string Id, TimeSpan SinceStart)
{
    // A reading stays in effect for five seconds, so that clients which ask at the same time get the same values.
    private long Tick => SinceStart.Ticks / (5 * TimeSpan.TicksPerSecond);

    public double Between(double low, double high, string what) =>
        Math.Round(DeterministicRandom.Between(low, high, Seed, Id + "/" + what, Tick), 1);

    /// <summary>Returns a value that depends on the instance but not on the time.</summary>
    public double Constant(double low, double high, string what) => Math.Round(DeterministicRandom.Between(low, high, Seed, Id + "/" + what), 1);
}
