using System;
using System.Collections.Generic;

namespace PulseRun.Core.Watch;

/// <summary>Divides the requests of a minute: one list for each refresh first, readings with what is left.</summary>
internal sealed class WatchBudget
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Queue<(TimeSpan At, int Count)> _spent = new();
    private readonly int _perMinute;

    /// <summary>Creates a budget.</summary>
    /// <param name="perMinute">The requests per minute that the view may send, 2 or more.</param>
    /// <param name="interval">The requested time between refreshes.</param>
    public WatchBudget(int perMinute, TimeSpan interval)
    {
        // Lists may take at most half of the requests, so that half is left for readings.
        TimeSpan shortest = TimeSpan.FromTicks(s_minute.Ticks * 2 / Math.Max(2, perMinute));
        Interval = interval > shortest ? interval : shortest;
        int lists = (int)Math.Ceiling((double)s_minute.Ticks / Interval.Ticks);
        _perMinute = Math.Max(0, perMinute - lists);
    }

    /// <summary>Gets the time between refreshes. It is longer than requested when the lists alone would take more than half of the requests.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Returns the number of requests, other than lists, that may be sent now.</summary>
    /// <param name="now">The time of a monotonic clock.</param>
    public int Left(TimeSpan now)
    {
        while (_spent.Count > 0 && now - _spent.Peek().At >= s_minute)
            _spent.Dequeue();
        int spent = 0;
        foreach ((TimeSpan _, int count) in _spent)
            spent += count;
        return Math.Max(0, _perMinute - spent);
    }

    /// <summary>Records requests other than lists.</summary>
    public void Spend(TimeSpan now, int count)
    {
        if (count > 0)
            _spent.Enqueue((now, count));
    }
}
