using System;
using System.Threading;
using PulseRun.Client.RateLimit;

namespace PulseRun.Client.Http;

/// <summary>One sending of a request, with its time limit. It travels in the request's properties.</summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>The name among the request's properties.</summary>
    public const string Key = "PulseRun.Attempt";

    /// <summary>How long a body may stall.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    /// <summary>Timers have an upper limit of 49 days.</summary>
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

    /// <param name="request">The logical request.</param>
    /// <param name="time">The clock of the limits.</param>
    /// <param name="limit">How long the server may take, from now to the end of its answer.</param>
    /// <param name="permit">The leave to send it.</param>
    /// <param name="limiter">Gets the leave back.</param>
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

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>The limit now in force: the whole request's, or a stalled body's.</summary>
    public TimeSpan Limit { get; private set; }

    public bool Expired => _expired;

    public CancellationToken Token => _end.Token;

    /// <summary>True when the limit in force is that of a stalled body.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>What is left of the server's time.</summary>
    public TimeSpan TimeLeft => _isRunning ? _left - _time.GetElapsedTime(_since) : _left;

    /// <summary>Starts to wait for more of the body: it may not stall, nor take more time as a whole than the request may.</summary>
    public void WatchForStall()
    {
        _left = TimeLeft;
        _since = _time.GetTimestamp();
        _isRunning = true;
        IsStalled = StallLimit < _left;
        Limit = IsStalled ? StallLimit : _whole;
        _timer.Change(IsStalled ? StallLimit : Bounded(_left), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops the clock until the next <see cref="WatchForStall"/>: the server is not what takes time now.</summary>
    public void Disarm()
    {
        _left = TimeLeft;
        _isRunning = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gives the leave back, as soon as the server has said yes or no.</summary>
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
            // The answer came at the last moment.
        }
    }
}
