using System;
using System.Threading;

namespace PulseRun.Emulator.Simulation;

/// <summary>Provides a clock that starts at the present time and runs at its own speed.</summary>
internal sealed class VirtualClock
{
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private long _advancedTicks;

    public VirtualClock(TimeProvider time, double scale)
    {
        if (!(scale >= 0) || double.IsInfinity(scale))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The clock's speed must be 0 or more.");
        _time = time;
        _startedAt = time.GetTimestamp();
        Scale = scale;
        Start = time.GetUtcNow();
    }

    public double Scale { get; }

    public DateTimeOffset Start { get; }

    public DateTimeOffset UtcNow => Start.AddTicks(
        (long)(_time.GetElapsedTime(_startedAt).Ticks * Scale) + Interlocked.Read(ref _advancedTicks));

    public void Advance(TimeSpan time)
    {
        if (time.Ticks < 0)
            throw new ArgumentOutOfRangeException(nameof(time), time, "The emulator's clock cannot be set back.");
        Interlocked.Add(ref _advancedTicks, time.Ticks);
    }

    /// <summary>Converts a span of this clock to real time, in which clients live. With a stopped clock, returns it unchanged.</summary>
    public TimeSpan ToReal(TimeSpan time) => Scale > 0 ? TimeSpan.FromTicks((long)(time.Ticks / Scale)) : time;
}
