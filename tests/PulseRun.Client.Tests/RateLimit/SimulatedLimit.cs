using System;
using System.Collections.Generic;

namespace PulseRun.Client.Tests.RateLimit;

/// <summary>Simulates one kind of rate limit of a server. Returns null for an accepted request, and the requested wait otherwise.</summary>
internal sealed class SimulatedLimit(string kind, int limit, TimeSpan window)
{
    private readonly Queue<TimeSpan> _log = new();
    private double _tokens = limit;
    private TimeSpan _last;
    private TimeSpan _windowStart;
    private int _inWindow;

    public TimeSpan? Ask(TimeSpan now) => kind switch
    {
        "fixed" => Fixed(now),
        "sliding" => Sliding(now),
        _ => Bucket(now),
    };

    private TimeSpan? Fixed(TimeSpan now)
    {
        while (now - _windowStart >= window)
        {
            _windowStart += window;
            _inWindow = 0;
        }
        if (_inWindow == limit)
            return Whole(_windowStart + window - now);
        _inWindow++;
        return null;
    }

    private TimeSpan? Sliding(TimeSpan now)
    {
        while (_log.Count > 0 && now - _log.Peek() >= window)
            _log.Dequeue();
        if (_log.Count == limit)
            return Whole(_log.Peek() + window - now);
        _log.Enqueue(now);
        return null;
    }

    private TimeSpan? Bucket(TimeSpan now)
    {
        double perSecond = limit / window.TotalSeconds;
        _tokens = Math.Min(limit, _tokens + (now - _last).TotalSeconds * perSecond);
        _last = now;
        if (_tokens < 1)
            return Whole(TimeSpan.FromSeconds((1 - _tokens) / perSecond));
        _tokens--;
        return null;
    }

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(time.TotalSeconds)));
}
