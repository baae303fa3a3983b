using System;

namespace PulseRun.Client.RateLimit;

/// <summary>Learns the server's rate limit from accepted and rejected requests, and decides when the next request may be sent. It does not wait and is not thread-safe: <see cref="RateLimiter"/> does both.</summary>
/// <remarks>
/// A 429 pauses all requests; then one request is sent as a probe. Once a key is known to be limited, at most two requests are
/// under way whenever the limit may be near, so that a later pause costs at most two rejected requests, whatever kind of
/// limit the server applies (fixed window, sliding window, token bucket). docs/dev/design.md gives the reasons.
/// All times are counted from the creation of the limiter.
/// </remarks>
/// <param name="random">Returns random numbers from 0 to 1, for jitter.</param>
internal sealed class LimitModel(Func<double> random)
{
    /// <summary>The wait that is considered an error of the server. Requests rejected with such a wait fail at once, and after an hour a later request tries again.</summary>
    public static readonly TimeSpan AbsurdPause = TimeSpan.FromDays(1);

    /// <summary>The API's default limit per minute (docs/dev/api.md). The first request beyond it is sent alone, so that reaching the limit costs one rejection instead of one for each worker.</summary>
    private const int DefaultLimit = 60;

    private const int CarefulWidth = 2;
    private const int WidestCareful = 64;

    /// <summary>The number of accepted requests between two pauses up to which the limit looks like a token bucket, which grants requests one by one.</summary>
    private const int Trickle = 3;

    private static readonly TimeSpan s_trickleWait = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that other requests wait for a probe. A request that hangs must not block all others.</summary>
    private static readonly TimeSpan s_probePatience = TimeSpan.FromSeconds(2);

    /// <summary>The longest time that other requests wait for requests under way to finish.</summary>
    private static readonly TimeSpan s_widthPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>The shortest pause. It is doubled with each rejection, so that a server that requests no wait is not called thousands of times a second.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan s_longestFloor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pauseAfterAbsurd = TimeSpan.FromHours(1);

    private readonly MinuteCounter _recent = new();
    private int _generation;
    private int _strikes;
    private int _underWay;
    private int _width = int.MaxValue;
    private int _learned = int.MaxValue;
    private bool _beyondDefault;
    private bool _probing;
    private bool _probeUnderWay;
    private TimeSpan _calmSince;
    private int _acceptedSincePause;
    private int _trickles;
    private TimeSpan _lastRefused;
    private TimeSpan _lastSent;

    /// <summary>Gets the end of the current pause; a time in the past when there is none.</summary>
    public TimeSpan PausedUntil { get; private set; }

    /// <summary>Gets the time between two requests that a token bucket seems to require; zero for none.</summary>
    public TimeSpan Spacing { get; private set; }

    /// <summary>Gets the number of requests in a minute after which the server rejected one; null when it never did.</summary>
    public int? Learned => _learned == int.MaxValue ? null : _learned;

    /// <summary>Gets the number of requests of the last minute.</summary>
    public int Recent => _recent.Total;

    /// <summary>Moves the count of recent requests to the current time. Call it before all other methods.</summary>
    public void MoveTo(TimeSpan now) => _recent.MoveTo((long)now.TotalSeconds);

    /// <summary>Returns the time at which the next request may be sent if no answer arrives before.</summary>
    public TimeSpan Next()
    {
        var moment = PausedUntil;
        if (_probing && _probeUnderWay)
            moment = Later(moment, _lastSent + s_probePatience);
        else if (!_probing && _underWay >= Width())
            moment = Later(moment, _lastSent + s_widthPatience);
        return Spacing > TimeSpan.Zero ? Later(moment, _lastSent + Spacing) : moment;
    }

    /// <summary>Returns true when requests wait for the answer of another one, which is usually short.</summary>
    public bool IsForAnAnswer(TimeSpan now) => PausedUntil <= now && (_probing ? _probeUnderWay : _underWay >= Width());

    /// <summary>Records that a request is sent, and returns its permit.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="isPaced">True when the user set a pace. It is taken as the limit, so the default limit needs no probe.</param>
    public Permit Grant(TimeSpan now, bool isPaced)
    {
        if (!isPaced && !_beyondDefault && _width == int.MaxValue && _recent.Total >= DefaultLimit)
            _probing = true;
        _recent.Add();
        _lastSent = now;
        _underWay++;
        _probeUnderWay |= _probing;
        return new Permit(_generation, (long)now.TotalSeconds, _probing);
    }

    /// <summary>Learns from the outcome of a request.</summary>
    /// <param name="permit">The permit of the request.</param>
    /// <param name="outcome">The response of the rate limit.</param>
    /// <param name="now">The current time.</param>
    /// <param name="retryAfter">The wait that the server requested; null when it requested none.</param>
    public void Learn(Permit permit, PermitOutcome outcome, TimeSpan now, TimeSpan? retryAfter)
    {
        _underWay--;
        if (permit.IsProbe && permit.Generation == _generation)
            _probeUnderWay = false;
        if (outcome == PermitOutcome.Accepted)
            Accepted(permit, now);
        else if (outcome == PermitOutcome.Rejected)
            Rejected(permit, now, retryAfter);
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
            Spacing = _width == int.MaxValue ? TimeSpan.Zero : TimeSpan.FromTicks(Spacing.Ticks * 4 / 5);
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
            PausedUntil = Later(PausedUntil, now + Pause(now, retryAfter));
        _calmSince = PausedUntil;
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
            Spacing = TimeSpan.Zero;
        }
        else if (accepted > 0)
        {
            // Few requests were accepted because the server granted no more, not because callers were idle.
            bool isTrickle = accepted <= Trickle && lasted.Ticks <= s_trickleWait.Ticks * (accepted + 1);
            _trickles = isTrickle ? _trickles + 1 : 0;
            if (Spacing > TimeSpan.Zero)
                Spacing = Earlier(SpacingOf(now, accepted, lasted), TimeSpan.FromTicks(Spacing.Ticks * 5 / 4));
            else if (_trickles >= 2)
                Spacing = SpacingOf(now, accepted, lasted);
        }
    }

    /// <summary>Returns the spacing computed from the requests of the last minute, or from the time since the last pause as long as there is no full minute.</summary>
    private TimeSpan SpacingOf(TimeSpan now, int accepted, TimeSpan lasted)
    {
        bool hasMinute = _recent.Oldest is { } oldest && now.TotalSeconds - oldest >= 55;
        return Earlier(s_trickleWait, hasMinute
            ? TimeSpan.FromSeconds(s_minute.TotalSeconds / _recent.Total * 0.98)
            : TimeSpan.FromSeconds(lasted.TotalSeconds / accepted * 0.9));
    }

    private TimeSpan Pause(TimeSpan now, TimeSpan? retryAfter)
    {
        if (retryAfter >= s_shortestPause)
            return retryAfter > AbsurdPause ? s_pauseAfterAbsurd : retryAfter.Value;
        double jitter = 0.75 + 0.25 * random();
        double doubled = Math.Pow(2, Math.Min(_strikes - 1, 10));
        // The server requests almost no wait, or a time in the past: retry soon, but less often with each further rejection.
        if (retryAfter is not null)
            return Earlier(s_longestFloor, TimeSpan.FromSeconds(s_shortestPause.TotalSeconds * doubled * (2 - jitter)));
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

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
