using System;

namespace PulseRun.Client.RateLimit;

/// <summary>Counts the requests of the last minute in buckets of one second, with constant memory.</summary>
internal sealed class MinuteCounter
{
    private const int Seconds = 60;
    private readonly int[] _counts = new int[Seconds];
    private long _now;

    public int Total { get; private set; }

    /// <summary>Gets the second of the oldest request that still counts; null without one.</summary>
    public long? Oldest
    {
        get
        {
            for (long second = Math.Max(0, _now - Seconds + 1); second <= _now; second++)
            {
                if (_counts[second % Seconds] > 0)
                    return second;
            }
            return null;
        }
    }

    public void MoveTo(long second)
    {
        if (second - _now >= Seconds)
        {
            Array.Clear(_counts, 0, Seconds);
            Total = 0;
            _now = second;
        }
        while (_now < second)
        {
            ref int expired = ref _counts[++_now % Seconds];
            Total -= expired;
            expired = 0;
        }
    }

    public void Add()
    {
        _counts[_now % Seconds]++;
        Total++;
    }

    /// <summary>Removes a request that was rejected, because the server does not count it.</summary>
    public void Remove(long second)
    {
        if (_now - second >= Seconds || _counts[second % Seconds] == 0)
            return;
        _counts[second % Seconds]--;
        Total--;
    }
}
