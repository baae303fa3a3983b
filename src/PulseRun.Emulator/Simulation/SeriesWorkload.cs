using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>Returns readings from a script; the last one stays in effect.</summary>
internal sealed class SeriesWorkload : Workload
{
    private readonly IReadOnlyList<EmulatorReading> _readings;
    private readonly TimeSpan _step;
    private readonly TimeSpan _begin;
    private long _next;

    /// <summary>Creates a scripted workload.</summary>
    /// <param name="readings">The readings, at least one.</param>
    /// <param name="step">The duration of each reading; 0 advances by one reading with each request.</param>
    /// <param name="begin">The start of the first reading.</param>
    public SeriesWorkload(IReadOnlyList<EmulatorReading> readings, TimeSpan step, TimeSpan begin)
    {
        if (readings.Count == 0)
            throw new ArgumentException("At least one reading is required.", nameof(readings));
        if (step.Ticks < 0)
            throw new ArgumentOutOfRangeException(nameof(step), step, "The step must not be negative.");
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
