using System;

namespace PulseRun.Emulator.Simulation;

/// <summary>Whose load is asked for, and when: seconds since the emulator began, so that a run repeats on any day.</summary>
internal readonly record struct WorkloadTick(int Seed, string Id, TimeSpan SinceStart)
{
    // Readings hold for five seconds: two clients asking at once see the same.
    private long Tick => SinceStart.Ticks / (5 * TimeSpan.TicksPerSecond);

    public double Between(double low, double high, string what) =>
        Math.Round(DeterministicRandom.Between(low, high, Seed, Id + "/" + what, Tick), 1);

    /// <summary>The same for one machine at all times.</summary>
    public double Constant(double low, double high, string what) => Math.Round(DeterministicRandom.Between(low, high, Seed, Id + "/" + what), 1);
}
