using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.RateLimit;

namespace PulseRun.Client.Http;

/// <summary>Represents one transmission of a request, with its time limit. It is attached to the request as a property.</summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>The name of the request property.</summary>
    public const string Key = "PulseRun.Attempt";

    /// <summary>The longest time without data in a body.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    /// <summary>The upper bound of timer intervals; timers support at most 49 days.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource _end;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly TimeSpan _whole;
    private readonly RateLimiter _limiter;
    private Permit? _permit;
    private TimeSpan _left;
    private long _since;
    private bool _isRunning = true;
    private volatile bool _expired;

    /// <summary>Starts the time limit of an attempt.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="time">The clock of the time limits.</param>
    /// <param name="limit">The time limit from now to the end of the answer.</param>
    /// <param name="permit">The permit of this attempt.</param>
    /// <param name="limiter">The rate limiter that takes the permit back.</param>
    public Attempt(RequestContext request, TimeProvider time, TimeSpan limit, Permit permit, RateLimiter limiter)
    {
        Call = request;
        _permit = permit;
        _limiter = limiter;
        Number = request.Sends;
        Limit = limit;
        _whole = limit;
        _time = time;
        _left = request.TimeLeft ?? limit;
        _since = time.GetTimestamp();
        _end = CancellationTokenSource.CreateLinkedTokenSource(request.Cancel);
        _timer = time.CreateTimer(static state => ((Attempt)state!).Expire(), this, Bounded(_left), Timeout.InfiniteTimeSpan);
    }

    public RequestContext Call { get; }

    /// <summary>Gets or sets what reads a successful answer; null when Refit does.</summary>
    public Func<HttpResponseMessage, Task>? Read { get; set; }

    /// <summary>Gets the number of the attempt, from 1.</summary>
    public int Number { get; }

    /// <summary>Gets the time limit in effect: that of the whole request, or that of a stalled body.</summary>
    public TimeSpan Limit { get; private set; }

    public bool Expired => _expired;

    public CancellationToken Token => _end.Token;

    /// <summary>True when the time limit in effect is that of a stalled body.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Gets the remaining time of the whole request.</summary>
    public TimeSpan TimeLeft => _isRunning ? _left - _time.GetElapsedTime(_since) : _left;

    /// <summary>Starts to wait for more of the body, which may neither stall nor exceed the time limit of the whole request.</summary>
    public void WatchForStall()
    {
        _left = TimeLeft;
        _since = _time.GetTimestamp();
        _isRunning = true;
        IsStalled = StallLimit < _left;
        Limit = IsStalled ? StallLimit : _whole;
        _timer.Change(IsStalled ? StallLimit : Bounded(_left), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops the clock until the next <see cref="WatchForStall"/>, while the time is spent on this side.</summary>
    public void Disarm()
    {
        _left = TimeLeft;
        _isRunning = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Releases the permit, as soon as the server has accepted or rejected the request.</summary>
    public void Leave(PermitOutcome outcome, TimeSpan? retryAfter)
    {
        if (_permit is not { } permit)
            return;
        _permit = null;
        _limiter.Release(permit, outcome, retryAfter);
    }

    public void Dispose()
    {
        Leave(PermitOutcome.Unknown, null);
        _timer.Dispose();
        _end.Dispose();
    }

    private static TimeSpan Bounded(TimeSpan limit) => limit < TimeSpan.Zero ? TimeSpan.Zero : limit > s_longest ? s_longest : limit;

    private void Expire()
    {
        _expired = true;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer arrived at the last moment, and the attempt is over.
        }
    }
}
