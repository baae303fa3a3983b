using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>Readings from a script; the last one holds for ever.</summary>
internal sealed class SeriesWorkload : Workload
{
    private readonly IReadOnlyList<EmulatorReading> _readings;
    private readonly TimeSpan _step;
    private readonly TimeSpan _begin;
    private long _next;

    /// <param name="readings">At least one.</param>
    /// <param name="step">How long each holds; 0: each request takes the next one.</param>
    /// <param name="begin">When the first one begins.</param>
    public SeriesWorkload(IReadOnlyList<EmulatorReading> readings, TimeSpan step, TimeSpan begin)
    {
        if (readings.Count == 0)
            throw new ArgumentException("A series has at least one reading.", nameof(readings));
        if (step.Ticks < 0)
            throw new ArgumentOutOfRangeException(nameof(step), step, "A step is not negative.");
        _readings = [.. readings];
        _step = step;
        _begin = begin;
    }

    public override EmulatorReading? Read(WorkloadTick tick)
    {
        long index = _step > TimeSpan.Zero ? (tick.SinceStart - _begin).Ticks / _step.Ticks : _next++;
        EmulatorReading reading = _readings[(int)Math.Min(index, _readings.Count - 1)];
        return reading.Missing ? null : reading;
    }
}
