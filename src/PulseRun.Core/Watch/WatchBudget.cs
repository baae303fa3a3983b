using System;
using System.Collections.Generic;

namespace PulseRun.Core.Watch;

/// <summary>How the requests of a minute are shared out: a list for each refresh first, readings with what is left.</summary>
internal sealed class WatchBudget
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Queue<(TimeSpan At, int Count)> _spent = new();
    private readonly int _perMinute;

    /// <param name="perMinute">How many requests a minute the view may send (2 or more).</param>
    /// <param name="interval">The time between refreshes that was asked for.</param>
    public WatchBudget(int perMinute, TimeSpan interval)
    {
        // Lists may take half at most: a view that never reads shows nothing.
        TimeSpan shortest = TimeSpan.FromTicks(s_minute.Ticks * 2 / Math.Max(2, perMinute));
        Interval = interval > shortest ? interval : shortest;
        int lists = (int)Math.Ceiling((double)s_minute.Ticks / Interval.Ticks);
        _perMinute = Math.Max(0, perMinute - lists);
    }

    /// <summary>The time between refreshes: longer than asked for when the lists alone would take more than half of the requests.</summary>
    public TimeSpan Interval { get; }

    /// <summary>How many requests other than the list may be sent now.</summary>
    /// <param name="now">On a clock that never goes back.</param>
    public int Left(TimeSpan now)
    {
        while (_spent.Count > 0 && now - _spent.Peek().At >= s_minute)
            _spent.Dequeue();
        int spent = 0;
        foreach ((TimeSpan _, int count) in _spent)
            spent += count;
        return Math.Max(0, _perMinute - spent);
    }

    /// <summary>Notes requests other than the list.</summary>
    public void Spend(TimeSpan now, int count)
    {
        if (count > 0)
            _spent.Enqueue((now, count));
    }
}
