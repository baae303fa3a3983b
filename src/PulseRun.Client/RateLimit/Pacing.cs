using System;
using System.Collections.Generic;

namespace PulseRun.Client.RateLimit;

/// <summary>Keeps to the number of requests per minute that the user set (-RequestsPerMinute), before the server rejects any. It is not thread-safe.</summary>
internal sealed class Pacing
{
    /// <summary>The window of the pace: slightly more than a minute, because the time a request takes to reach the server varies.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(60.25);

    private Queue<TimeSpan>? _sent;
    private int? _pace;

    /// <summary>Gets or sets the requests per minute; null for no pace. A number below 1 is none.</summary>
    public int? Pace
    {
        get => _pace;
        set => _pace = value > 0 ? value : null;
    }

    /// <summary>Records that a request is sent.</summary>
    public void Add(TimeSpan now)
    {
        if (_pace is not null)
            (_sent ??= new Queue<TimeSpan>()).Enqueue(now);
    }

    /// <summary>Returns the time at which the pace permits the next request; zero when it permits one now.</summary>
    public TimeSpan Next(TimeSpan now)
    {
        if (_pace is not { } pace || _sent is null)
            return TimeSpan.Zero;
        while (_sent.Count > 0 && (_sent.Count > pace || now - _sent.Peek() >= s_window))
            _sent.Dequeue();
        return _sent.Count >= pace ? _sent.Peek() + s_window : TimeSpan.Zero;
    }
}
