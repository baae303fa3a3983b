using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.RateLimit;

/// <summary>Where all requests of one address and key pass, whichever cmdlet or runspace they come from (design.md section 3).</summary>
/// <remarks>
/// A 429 pauses everybody; then one request goes first as a probe. Once a key is known to be limited, only two requests are
/// under way whenever the limit may be near, so that no later pause costs more than two refused requests, whatever kind of
/// limit the server keeps (fixed window, sliding window, bucket).
/// </remarks>
internal sealed class RateLimiter
{
    /// <summary>What a key gets by default (api.md section 4): the request beyond it goes alone, so that meeting the limit costs one refusal and not one for each worker.</summary>
    private const int DefaultLimit = 60;

    private const int CarefulWidth = 2;
    private const int WidestCareful = 64;

    /// <summary>So few requests between two pauses, and pauses so short, are a bucket's: it gives leave one by one, and no slower.</summary>
    private const int Trickle = 3;
    private static readonly TimeSpan s_trickleWait = TimeSpan.FromSeconds(5);
    /// <summary>How long the others wait for a probe, and for those under way to make room: one request that hangs must not hold everybody.</summary>
    private static readonly TimeSpan s_probePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_widthPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>A little more than a minute: the way to the server takes longer at one time than at another.</summary>
    private static readonly TimeSpan s_paceWindow = TimeSpan.FromSeconds(60.25);

    /// <summary>A shorter wait than this is raised to it, and doubled with each refusal: a server must not have itself asked thousands of times a second.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longestFloor = TimeSpan.FromSeconds(20);

    /// <summary>No key is closed for a day. Who is refused with such a wait fails at once, and after an hour a later request finds out whether it was a mistake.</summary>
    private static readonly TimeSpan s_absurdPause = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_pauseAfterAbsurd = TimeSpan.FromHours(1);

    /// <summary>Timers have an upper limit; waking too early does no harm.</summary>
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

    /// <summary>Requests a minute, ahead of any refusal; null for none. The newest connection's word holds.</summary>
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

    /// <summary>Waits for leave to send.</summary>
    /// <exception cref="RequestFailure">The patience of the call ends before its turn.</exception>
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
            // One that was refused has waited longest.
            if (request.Refusals > 0)
                _queue.AddFirst(waiter);
            else
                _queue.AddLast(waiter);
            Pump();
        }
        return WaitAsync(waiter);
    }

    /// <summary>Ends a turn, as soon as the server has said yes or no.</summary>
    /// <param name="permit">Which.</param>
    /// <param name="outcome">What it said.</param>
    /// <param name="retryAfter">How long it wants to be left alone; null when it did not say so.</param>
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
            // Careful already, and refused all the same: the width was not the reason.
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

    /// <summary>A bucket fills evenly. Knocking until it has a drop would cost a refusal for each one, so the requests are spaced as it fills: a little closer, to notice when it fills faster.</summary>
    /// <remarks>A server that is overloaded for a moment refuses just so. Such refusals must not add up: each widens the spacing by a quarter at most, and never beyond what a bucket asks one to wait.</remarks>
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
            // So few because no more were granted, not because nobody asked.
            bool isTrickle = accepted <= Trickle && lasted.Ticks <= s_trickleWait.Ticks * (accepted + 1);
            _trickles = isTrickle ? _trickles + 1 : 0;
            if (_spacing > TimeSpan.Zero)
                _spacing = Min(Spacing(now, accepted, lasted), TimeSpan.FromTicks(_spacing.Ticks * 5 / 4));
            else if (_trickles >= 2)
                _spacing = Spacing(now, accepted, lasted);
        }
    }

    /// <summary>The last minute tells the rate best; before there is one, the time since the last pause does.</summary>
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
        // Almost no wait, or a moment that has passed: soon, but ever less so when that is answered by more refusals.
        if (retryAfter is not null)
            return Min(s_longestFloor, TimeSpan.FromSeconds(s_shortestPause.TotalSeconds * doubled * (2 - jitter)));
        var delay = TimeSpan.FromSeconds(Math.Min(20, doubled) * jitter);
        // Not told how long: a window of a minute ends a minute after the first request in it.
        if (_recent.Oldest is { } oldest)
        {
            var windowEnds = TimeSpan.FromSeconds(oldest + 61) - now;
            if (windowEnds > TimeSpan.Zero && windowEnds < delay)
                return windowEnds;
        }
        return delay;
    }

    private int Width() => _recent.Total >= _learned * 0.9 ? Math.Min(_width, CarefulWidth) : _width;

    /// <summary>When the next request may go, if no answer comes before.</summary>
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

    /// <summary>Lets go whoever may, fails whoever cannot wait long enough, and sets the clock for the rest. Under the lock.</summary>
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

    /// <summary>Fails everyone in the queue who cannot wait that long. The caller holds the lock.</summary>
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
#pragma warning disable VSTHRD003 // Completed by the gate itself, never on a waiting thread.
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

    /// <summary>Says how long it takes, once for each change of that. Not under the lock: an observer may take its time.</summary>
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
            // Waiting for an answer is short, and no news.
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

    /// <summary>Makes the error of a call that cannot wait as long as the server asks.</summary>
    public static RequestFailure Impatient(RequestContext request, TimeSpan? pause)
    {
        string why = pause is { } length
            ? "the rate limit asks for a wait of " + Seconds(length) + " s, longer than this connection still waits (-MaxWaitSec)"
            : "its turn under the rate limit did not come within the time this connection waits (-MaxWaitSec)";
        return new RequestFailure(FailureKind.RateLimited, new PulseRunException(ErrorIds.RateLimited, request.Describe() + " failed: " + why + ".")
        {
            StatusCode = request.Refusals > 0 ? 429 : null,
        });
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
