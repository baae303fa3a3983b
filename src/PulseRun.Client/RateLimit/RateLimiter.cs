using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.RateLimit;

/// <summary>Admits all requests to one address with one key, from all cmdlets and runspaces of the process.</summary>
/// <remarks>
/// A 429 pauses all requests; then one request is sent as a probe. Once a key is known to be limited, at most two requests are
/// under way whenever the limit may be near, so that a later pause costs at most two rejected requests, whatever kind of
/// limit the server applies (fixed window, sliding window, token bucket). docs/dev/design.md gives the reasons.
/// </remarks>
internal sealed class RateLimiter
{
    /// <summary>The API's default limit per minute (docs/dev/api.md). The first request beyond it is sent alone, so that reaching the limit costs one rejection instead of one for each worker.</summary>
    private const int DefaultLimit = 60;

    private const int CarefulWidth = 2;
    private const int WidestCareful = 64;

    /// <summary>The number of accepted requests between two pauses up to which the limit looks like a token bucket, which grants requests one by one.</summary>
    private const int Trickle = 3;
    private static readonly TimeSpan s_trickleWait = TimeSpan.FromSeconds(5);
    /// <summary>The longest time that other requests wait for a probe, or for requests under way to finish. A request that hangs must not block all others.</summary>
    private static readonly TimeSpan s_probePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_widthPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>The window of the pace: slightly more than a minute, because the time a request takes to reach the server varies.</summary>
    private static readonly TimeSpan s_paceWindow = TimeSpan.FromSeconds(60.25);

    /// <summary>The shortest pause. It is doubled with each rejection, so that a server that requests no wait is not called thousands of times a second.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longestFloor = TimeSpan.FromSeconds(20);

    /// <summary>The wait that is considered an error of the server. Requests rejected with such a wait fail at once, and after an hour a later request tries again.</summary>
    private static readonly TimeSpan s_absurdPause = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_pauseAfterAbsurd = TimeSpan.FromHours(1);

    /// <summary>The upper bound of the timer interval, because timers have a maximum. Waking up too early is harmless.</summary>
    private static readonly TimeSpan s_longestNap = TimeSpan.FromDays(1);

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly long _origin;
    private readonly ITimer _timer;
    private readonly LinkedList<Waiter> _queue = new();
    private readonly MinuteCounter _recent = new();
    private readonly Queue<TimeSpan> _paced = new();

    private int? _pace;
    private int _generation;
    private int _strikes;
    private int _underWay;
    private int _width = int.MaxValue;
    private int _learned = int.MaxValue;
    private bool _beyondDefault;
    private bool _probing;
    private bool _probeUnderWay;
    private TimeSpan _pausedUntil;
    private TimeSpan _calmSince;
    private int _acceptedSincePause;
    private int _trickles;
    private TimeSpan _spacing;
    private TimeSpan _lastRefused;
    private TimeSpan _lastSent;

    public RateLimiter(TimeProvider time, Func<double> random)
    {
        _time = time;
        _random = random;
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((RateLimiter)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets or sets the requests per minute to keep to before any rejection; null for no pace. The newest connection of the account sets it.</summary>
    public int? Pace
    {
        get
        {
            lock (_lock)
                return _pace;
        }
        set
        {
            lock (_lock)
            {
                _pace = value > 0 ? value : null;
                Pump();
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Waits for a permit.</summary>
    /// <exception cref="RequestFailure">The request would have to wait longer than allowed.</exception>
    public ValueTask<Permit> AcquireAsync(RequestContext request)
    {
        Waiter waiter;
        lock (_lock)
        {
            var now = Now;
            _recent.MoveTo((long)now.TotalSeconds);
            if (_queue.Count == 0 && NextMoment(now) <= now)
                return new ValueTask<Permit>(Grant(now));
            waiter = new Waiter(request, now, now + request.WaitLeft);
            // A request that was rejected has waited longest.
            if (request.Refusals > 0)
                _queue.AddFirst(waiter);
            else
                _queue.AddLast(waiter);
            Pump();
        }
        return WaitAsync(waiter);
    }

    /// <summary>Releases a permit, as soon as the server has accepted or rejected the request.</summary>
    /// <param name="permit">The permit.</param>
    /// <param name="outcome">The response of the rate limit.</param>
    /// <param name="retryAfter">The wait that the server requested; null when it requested none.</param>
    public void Release(Permit permit, PermitOutcome outcome, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var now = Now;
            _recent.MoveTo((long)now.TotalSeconds);
            _underWay--;
            if (permit.IsProbe && permit.Generation == _generation)
                _probeUnderWay = false;
            if (outcome == PermitOutcome.Accepted)
                Accepted(permit, now);
            else if (outcome == PermitOutcome.Rejected)
                Rejected(permit, now, retryAfter);
            Pump();
        }
        TellAll();
    }

    private void Accepted(Permit permit, TimeSpan now)
    {
        if (permit.Generation != _generation)
            return;
        _acceptedSincePause++;
        if (permit.IsProbe)
        {
            _beyondDefault |= _width == int.MaxValue;
            _probing = false;
            _strikes = 0;
            _calmSince = now;
        }
        else if (_width != int.MaxValue && now - _calmSince >= s_minute)
        {
            _width = _width >= WidestCareful ? int.MaxValue : _width * 2;
            _spacing = _width == int.MaxValue ? TimeSpan.Zero : TimeSpan.FromTicks(_spacing.Ticks * 4 / 5);
            _calmSince = now;
        }
    }

    private void Rejected(Permit permit, TimeSpan now, TimeSpan? retryAfter)
    {
        int width = Width();
        _recent.Remove(permit.Second);
        bool isNews = permit.Generation == _generation;
        if (isNews)
        {
            _generation++;
            _strikes++;
            _probeUnderWay = false;
            // A rejection while already careful shows that the number of parallel requests was not the cause.
            if (width > CarefulWidth)
                _width = CarefulWidth;
        }
        _probing = true;
        _learned = _recent.Total;
        if (isNews)
            LearnSpacing(now, retryAfter);
        if (isNews || retryAfter > TimeSpan.Zero)
            _pausedUntil = Max(_pausedUntil, now + Pause(now, retryAfter));
        if (retryAfter > s_absurdPause)
            FailImpatient(now, retryAfter.Value);
        _calmSince = _pausedUntil;
    }

    /// <summary>Learns the refill rate of a token bucket and spaces requests accordingly, because polling for each token would cost a rejection each time. The spacing is slightly closer than the rate, to notice when the bucket refills faster.</summary>
    /// <remarks>A server that is briefly overloaded rejects in the same way. Such rejections must not accumulate: each widens the spacing by at most a quarter, and never beyond the waits of a bucket.</remarks>
    private void LearnSpacing(TimeSpan now, TimeSpan? retryAfter)
    {
        int accepted = _acceptedSincePause;
        var lasted = now - _lastRefused;
        _acceptedSincePause = 0;
        _lastRefused = now;
        bool isShort = retryAfter is { } wait && wait <= s_trickleWait;
        if (!isShort)
        {
            _trickles = 0;
            _spacing = TimeSpan.Zero;
        }
        else if (accepted > 0)
        {
            // Few requests were accepted because the server granted no more, not because callers were idle.
            bool isTrickle = accepted <= Trickle && lasted.Ticks <= s_trickleWait.Ticks * (accepted + 1);
            _trickles = isTrickle ? _trickles + 1 : 0;
            if (_spacing > TimeSpan.Zero)
                _spacing = Min(Spacing(now, accepted, lasted), TimeSpan.FromTicks(_spacing.Ticks * 5 / 4));
            else if (_trickles >= 2)
                _spacing = Spacing(now, accepted, lasted);
        }
    }

    /// <summary>Returns the spacing computed from the requests of the last minute, or from the time since the last pause as long as there is no full minute.</summary>
    private TimeSpan Spacing(TimeSpan now, int accepted, TimeSpan lasted)
    {
        bool hasMinute = _recent.Oldest is { } oldest && now.TotalSeconds - oldest >= 55;
        return Min(s_trickleWait, hasMinute
            ? TimeSpan.FromSeconds(s_minute.TotalSeconds / _recent.Total * 0.98)
            : TimeSpan.FromSeconds(lasted.TotalSeconds / accepted * 0.9));
    }

    private TimeSpan Pause(TimeSpan now, TimeSpan? retryAfter)
    {
        if (retryAfter >= s_shortestPause)
            return retryAfter > s_absurdPause ? s_pauseAfterAbsurd : retryAfter.Value;
        double jitter = 0.75 + 0.25 * _random();
        double doubled = Math.Pow(2, Math.Min(_strikes - 1, 10));
        // The server requests almost no wait, or a time in the past: retry soon, but less often with each further rejection.
        if (retryAfter is not null)
            return Min(s_longestFloor, TimeSpan.FromSeconds(s_shortestPause.TotalSeconds * doubled * (2 - jitter)));
        var delay = TimeSpan.FromSeconds(Math.Min(20, doubled) * jitter);
        // The server requests no wait: a fixed window of a minute ends at most a minute after the first request in it.
        if (_recent.Oldest is { } oldest)
        {
            var windowEnds = TimeSpan.FromSeconds(oldest + 61) - now;
            if (windowEnds > TimeSpan.Zero && windowEnds < delay)
                return windowEnds;
        }
        return delay;
    }

    private int Width() => _recent.Total >= _learned * 0.9 ? Math.Min(_width, CarefulWidth) : _width;

    /// <summary>Returns the time at which the next request may be sent if no answer arrives before.</summary>
    private TimeSpan NextMoment(TimeSpan now)
    {
        var moment = _pausedUntil;
        if (_probing && _probeUnderWay)
            moment = Max(moment, _lastSent + s_probePatience);
        else if (!_probing && _underWay >= Width())
            moment = Max(moment, _lastSent + s_widthPatience);
        if (_spacing > TimeSpan.Zero)
            moment = Max(moment, _lastSent + _spacing);
        if (_pace is { } pace)
        {
            while (_paced.Count > 0 && (_paced.Count > pace || now - _paced.Peek() >= s_paceWindow))
                _paced.Dequeue();
            if (_paced.Count >= pace)
                moment = Max(moment, _paced.Peek() + s_paceWindow);
        }
        return moment;
    }

    private Permit Grant(TimeSpan now)
    {
        if (_pace is not null)
            _paced.Enqueue(now);
        else if (!_beyondDefault && _width == int.MaxValue && _recent.Total >= DefaultLimit)
            _probing = true;
        _recent.Add();
        _lastSent = now;
        _underWay++;
        _probeUnderWay |= _probing;
        return new Permit(_generation, (long)now.TotalSeconds, _probing);
    }

    /// <summary>Grants permits that are due, fails waiters whose deadline cannot be met, and arms the timer. The caller holds the lock.</summary>
    private void Pump()
    {
        if (_queue.Count == 0)
            return;
        var now = Now;
        _recent.MoveTo((long)now.TotalSeconds);
        var next = NextMoment(now);
        while (_queue.First is { } first && next <= now)
        {
            _queue.RemoveFirst();
            first.Value.TrySetResult(Grant(now));
            next = NextMoment(now);
        }
        var wake = next;
        for (var node = _queue.First; node is not null;)
        {
            var following = node.Next;
            var waiter = node.Value;
            bool tooLong = _pausedUntil > waiter.Deadline && _pausedUntil > now;
            if (tooLong || waiter.Deadline <= now)
            {
                _queue.Remove(node);
                waiter.TrySetException(Impatient(waiter.Call, tooLong ? _pausedUntil - now : null));
            }
            else if (waiter.Deadline < wake)
            {
                wake = waiter.Deadline;
            }
            node = following;
        }
        if (_queue.Count > 0)
            _timer.Change(wake - now < s_longestNap ? wake - now : s_longestNap, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fails all waiters whose deadline is earlier than the given wait. The caller holds the lock.</summary>
    private void FailImpatient(TimeSpan now, TimeSpan wait)
    {
        for (var node = _queue.First; node is not null;)
        {
            var following = node.Next;
            if (node.Value.Deadline - now < wait)
            {
                _queue.Remove(node);
                node.Value.TrySetException(Impatient(node.Value.Call, wait));
            }
            node = following;
        }
    }

    private void Tick()
    {
        lock (_lock)
            Pump();
        TellAll();
    }

    private async ValueTask<Permit> WaitAsync(Waiter waiter)
    {
        var request = waiter.Call;
        TellAll();
        try
        {
            using (request.Cancel.Register(() => Abandon(waiter)))
            {
#pragma warning disable VSTHRD003 // The limiter itself completes the task, never on a waiting thread.
                return await waiter.Task;
#pragma warning restore VSTHRD003
            }
        }
        finally
        {
            request.WaitLeft = Max(TimeSpan.Zero, request.WaitLeft - (Now - waiter.Since));
            if (waiter.ToldUntil > TimeSpan.Zero)
                request.Observer.Waiting(null);
        }
    }

    private void Abandon(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_queue.Remove(waiter))
                return;
            waiter.TrySetCanceled(waiter.Call.Cancel);
            Pump();
        }
    }

    /// <summary>Notifies waiters of the length of their wait, once for each change. Called without the lock, because an observer may block.</summary>
    private void TellAll()
    {
        List<(Waiter Waiter, bool IsFirst)>? untold = null;
        TimeSpan left;
        lock (_lock)
        {
            if (_queue.Count == 0)
                return;
            var now = Now;
            var moment = NextMoment(now);
            // A wait for an answer is short and not reported.
            bool isForAnAnswer = _pausedUntil <= now && (_probing ? _probeUnderWay : _underWay >= Width());
            if (isForAnAnswer || moment <= now)
                return;
            left = moment - now;
            foreach (var waiter in _queue)
            {
                if (waiter.ToldUntil == moment)
                    continue;
                (untold ??= []).Add((waiter, waiter.ToldUntil == TimeSpan.Zero));
                waiter.ToldUntil = moment;
            }
        }
        if (untold is null)
            return;
        string reason = "rate limit, " + Seconds(left) + " s";
        foreach (var (waiter, isFirst) in untold)
        {
            waiter.Call.Observer.Waiting(reason);
            if (isFirst && waiter.Call.Observer.WantsVerbose)
                waiter.Call.Observer.Verbose(waiter.Call.Describe() + " waits: " + reason + ".");
        }
    }

    /// <summary>Returns the error of a request that may not wait as long as the server requires.</summary>
    public static RequestFailure Impatient(RequestContext request, TimeSpan? pause)
    {
        string why = pause is { } length
            ? "the rate limit requires a wait of " + Seconds(length) + " s, longer than this connection may still wait (-MaxWaitSec)"
            : "the rate limit granted no request within the time this connection may wait (-MaxWaitSec)";
        return new RequestFailure(FailureKind.RateLimited, new PulseRunException(ErrorIds.RateLimited, request.Describe() + " failed: " + why + ".")
        {
            StatusCode = request.Refusals > 0 ? 429 : null,
        });
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
