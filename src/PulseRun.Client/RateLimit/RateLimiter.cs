using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Tracing;

namespace PulseRun.Client.RateLimit;

/// <summary>Admits all requests to one address with one key, from all cmdlets and runspaces of the process.</summary>
/// <remarks>It holds the queue. <see cref="LimitModel"/> decides when the server accepts the next request, and <see cref="Pacing"/> when the user's pace permits it.</remarks>
internal sealed class RateLimiter
{
    /// <summary>The upper bound of the timer interval, because timers have a maximum. Waking up too early is harmless.</summary>
    private static readonly TimeSpan s_longestNap = TimeSpan.FromDays(1);

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ITimer _timer;
    private readonly LinkedList<Waiter> _queue = new();
    private readonly LimitModel _limit;
    private readonly Pacing _pacing = new();
    private SharedAllowance? _shared;

    public RateLimiter(TimeProvider time, Func<double> random)
    {
        _time = time;
        _limit = new LimitModel(random);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((RateLimiter)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets the requests per minute to keep to before any rejection; null for no pace. The newest connection of the account sets it.</summary>
    public void SetPace(int? perMinute)
    {
        lock (_lock)
        {
            _pacing.Pace = perMinute;
            Pump();
        }
    }

    /// <summary>Makes requests draw from the allowance of a team; null for none. The newest connection of the account sets it.</summary>
    /// <param name="source">The allowance. An equal one changes nothing.</param>
    /// <param name="account">The account.</param>
    /// <param name="run">Runs work that may block; null for the thread pool.</param>
    public void Share(IRateAllowance? source, string account, Func<Func<RateBlock>, Task<RateBlock>>? run = null)
    {
        lock (_lock)
        {
            if (Equals(_shared?.Source, source))
                return;
            _shared = source is null ? null : new SharedAllowance(source, account, run ?? Task.Run);
            Pump();
        }
    }

    /// <summary>Gets the number of requests that may still be sent in this minute; null when no limit is known.</summary>
    public int? Left
    {
        get
        {
            lock (_lock)
            {
                _limit.MoveTo(Now);
                return (_pacing.Pace ?? _limit.Learned) is { } most ? Math.Max(0, most - _limit.Recent) : null;
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
            _limit.MoveTo(now);
            if (_queue.Count == 0 && LimitMoment(now) <= now && (_shared is null || _shared.HasBlock(now)))
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
            _limit.MoveTo(now);
            _limit.Learn(permit, outcome, now, retryAfter);
            if (_shared is not null && (outcome == PermitOutcome.Rejected || (outcome == PermitOutcome.Accepted && permit.IsTeamProbe)))
                _shared.Report(outcome == PermitOutcome.Accepted, _limit.PausedUntil > now ? _limit.PausedUntil - now : TimeSpan.Zero);
            if (outcome == PermitOutcome.Rejected && retryAfter > LimitModel.AbsurdPause)
                FailImpatient(now, retryAfter.Value);
            if (_queue.Count == 0)
                return;
            Pump();
        }
        TellAll();
    }

    /// <summary>Returns the time at which the next request may be sent if no answer arrives before.</summary>
    private TimeSpan NextMoment(TimeSpan now) => _shared is null ? LimitMoment(now) : Later(LimitMoment(now), _shared.Next(now));

    /// <summary>Returns the time at which this process itself permits the next request.</summary>
    private TimeSpan LimitMoment(TimeSpan now) => Later(_limit.Next(), _pacing.Next(now));

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private Permit Grant(TimeSpan now)
    {
        _pacing.Add(now);
        if (_shared is null)
            return _limit.Grant(now, isPaced: _pacing.Pace is not null);
        bool isProbe = _shared.Use(now);
        // The team keeps to the limit, so the default limit needs no probe here.
        Permit permit = _limit.Grant(now, isPaced: true);
        return isProbe ? permit with { IsTeamProbe = true } : permit;
    }

    /// <summary>Asks for another block of the team's allowance when the next request needs one. The caller holds the lock.</summary>
    private void AskIfDue(SharedAllowance shared, TimeSpan now)
    {
        shared.MoveTo(now);
        if (_queue.Count > 0 && shared.IsDue(now) && LimitMoment(now) <= now)
            _ = Receive(shared, shared.Ask(now, _queue.Count, _pacing.Pace));
    }

    private async Task Receive(SharedAllowance shared, Task<RateBlock> reply)
    {
        RateBlock? block = null;
        try
        {
#pragma warning disable VSTHRD003 // The task runs on the thread pool and needs no thread of the caller.
            block = await reply;
#pragma warning restore VSTHRD003
        }
#pragma warning disable CA1031 // Whatever fails in the store, requests go on slowly.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        lock (_lock)
        {
            if (block is null)
                shared.Fail(Now);
            else
                shared.Take(block, Now);
            Pump();
        }
        // A reply that was there at once is used inside the caller's lock; the caller notifies then.
        if (!Monitor.IsEntered(_lock))
            TellAll();
    }

    /// <summary>Grants permits that are due, fails waiters whose deadline cannot be met, and arms the timer. The caller holds the lock.</summary>
    private void Pump()
    {
        if (_queue.Count == 0)
            return;
        var now = Now;
        _limit.MoveTo(now);
        if (_shared is not null)
            AskIfDue(_shared, now);
        var next = NextMoment(now);
        while (_queue.First is { } first && next <= now && (_shared is null || _shared.CanSend(now)))
        {
            _queue.RemoveFirst();
            if (_shared is { IsAway: true } && !_shared.HasBlock(now))
                first.Value.Notice = _shared.Notice;
            first.Value.TrySetResult(Grant(now));
            if (_shared is not null)
                AskIfDue(_shared, now);
            next = NextMoment(now);
        }
        var wake = next;
        for (var node = _queue.First; node is not null;)
        {
            var following = node.Next;
            var waiter = node.Value;
            bool tooLong = _limit.PausedUntil > waiter.Deadline && _limit.PausedUntil > now;
            if (tooLong || waiter.Deadline <= now)
            {
                _queue.Remove(node);
                waiter.TrySetException(Impatient(waiter.Call, tooLong ? _limit.PausedUntil - now : null));
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
            var waited = Now - waiter.Since;
            request.Waited += waited;
            if (Traces.Current is { } tracing)
                Trace(tracing, request, waited);
            var left = request.WaitLeft - waited;
            request.WaitLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (waiter.ToldUntil > TimeSpan.Zero)
                request.Observer.Waiting(null);
            if (waiter.Notice is { } notice && request.Observer.WantsVerbose)
                request.Observer.Verbose(notice);
        }
    }

    private static void Trace(ITracing tracing, RequestContext request, TimeSpan waited)
    {
        tracing.RateLimitWait(waited);
        (request.Observer as ISpanHolder)?.Span?.AddEvent(Traces.Wait, Traces.Detail("pulserun.wait.seconds", waited.TotalSeconds), Traces.Detail("http.request.method", request.Operation.Method), Traces.Detail("url.template", request.Operation.Path));
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
            if (_limit.IsForAnAnswer(now) || moment <= now || (_shared is { IsAsking: true, IsAway: false } && LimitMoment(now) <= now))
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
}
