using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>Implements a sliding window of one minute. Rejected requests do not count.</summary>
internal sealed class RateLimit
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly Queue<DateTimeOffset> _served = new();

    /// <summary>Admits a request and returns null, or returns the time until one can be admitted.</summary>
    public TimeSpan? TryTake(DateTimeOffset now, int? perMinute)
    {
        while (_served.Count > 0 && _served.Peek() <= now - s_window)
            _served.Dequeue();
        if (perMinute is null or <= 0)
            return null;
        if (_served.Count >= perMinute)
            return _served.Peek() + s_window - now;
        _served.Enqueue(now);
        return null;
    }
}
