using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>A sliding window of one minute. Refused requests do not count.</summary>
internal sealed class RateLimit
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly Queue<DateTimeOffset> _served = new();

    /// <summary>Takes a place in the window, or says how long it is until there is one; null when taken.</summary>
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
