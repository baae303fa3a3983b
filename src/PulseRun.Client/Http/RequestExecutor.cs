using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Client;

namespace PulseRun.Client.Http;

/// <summary>Sends one logical request: gate, time limits, retries, errors.</summary>
internal sealed class RequestExecutor
{
    /// <summary>More than any patience, and little enough to be added to a time.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(365);

    private readonly Context _context;
    private readonly RateLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly Redactor _redactor;
    private readonly Lazy<Retries> _retries;

    public RequestExecutor(Context context, RateLimiter limiter, TimeProvider time, Func<double> random, Redactor redactor)
    {
        _context = context;
        _limiter = limiter;
        _time = time;
        _redactor = redactor;
        _retries = new Lazy<Retries>(() => new Retries(time, random));
    }

    public RequestContext NewCall(Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, target, _context.MaxWait < s_longestWait ? _context.MaxWait : s_longestWait, observer, cancel);

    /// <summary>A request that nobody needs: sent once, and not at all when it would have to wait for its turn.</summary>
    public static RequestContext NewSingleCall(Operation operation, ICallObserver observer, CancellationToken cancel) =>
        new(operation, null, TimeSpan.Zero, observer, cancel) { IsSingle = true };

    /// <summary>Returns an act that is sent at most once, and only within a window: it waits for its turn no longer than the window lasts.</summary>
    public RequestContext NewCallWithin(ActWindow window, Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, target, window.Left < _context.MaxWait ? window.Left : _context.MaxWait, observer, cancel) { IsSingle = true, Window = window };

    /// <summary>Sends, reads, and tries again as the rules allow.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="send">Sends once.</param>
    /// <param name="read">Reads a successful answer as it streams.</param>
    public Task<Reply<T>> TryAsync<T>(RequestContext request, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        AttemptAsync(request, send, read, typed: null, isFirst: true);

    /// <summary>The same for callers who have no use for a failure.</summary>
    /// <exception cref="PulseRunException">It failed for good.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> RunAsync<T>(RequestContext request, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        Result(await AttemptAsync(request, send, read, typed: null, isFirst: true));

    /// <summary>The same for an answer that Refit reads.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="send">Sends once, and reads.</param>
    public async Task<T> RunAsync<T>(RequestContext request, Func<Attempt, Task<T>> send) =>
        Result(await AttemptAsync(request, null, null, send, isFirst: true));

    private static T Result<T>(Reply<T> reply) => reply.Exception is null ? reply.Result! : throw ForUser(reply.Exception);

    /// <summary>Whether a call that failed so is made again.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="exception">How the last attempt failed; null when it did not.</param>
    /// <param name="attempts">How many attempts have been made.</param>
    public static bool ShouldRetry(RequestContext request, Exception? exception, int attempts) =>
        exception is RequestFailure failure
        && !request.IsSingle
        && failure.Error.ErrorId != ErrorIds.CapacityUnavailable
        && RetryRules.ShouldRetry(request.Operation, failure.Fault, failure.Status, attempts);

    /// <summary>The error a user is to see.</summary>
    public static Exception ForUser(Exception exception) => exception is RequestFailure failure ? failure.Error : exception;

    /// <summary>Asks for leave and sends, until the rate limit lets it pass.</summary>
    /// <remarks>One method, where it could be three: each asynchronous one on the way costs milliseconds at its first call, and a little at every other.</remarks>
    private async Task<Reply<T>> AttemptAsync<T>(
        RequestContext request,
        Func<Attempt, Task<HttpResponseMessage>>? send,
        Func<HttpResponseMessage, Attempt, Task<T>>? read,
        Func<Attempt, Task<T>>? typed,
        bool isFirst)
    {
        Reply<T>? reply = null;
        Attempt? attempt = null;
        while (reply is null)
        {
            try
            {
                request.Cancel.ThrowIfCancellationRequested();
                if (_context.IsClosed)
                    return Reply<T>.Failed(Failures.Closed(request));
                var permit = await _limiter.AcquireAsync(request);
                // Checked after the wait for the turn: what justified the act may be untrue by now.
                if (request.Window is { HasPassed: true })
                {
                    _limiter.Release(permit, PermitOutcome.Unknown, null);
                    return Reply<T>.Failed(Failures.TooLate(request));
                }
                attempt = Begin(request, permit);
                if (request.Operation.Changes)
                    TellSent(request);
                if (typed is not null)
                {
                    reply = Reply<T>.Of(await typed(attempt));
                }
                else
                {
                    using var response = await send!(attempt);
                    reply = Reply<T>.Of(await read!(response, attempt));
                }
                request.TimeLeft = attempt.TimeLeft;
            }
#pragma warning disable CA1031 // Failures are values here: nothing is lost.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var failure = Explain(request, attempt, exception);
                if (failure is RequestFailure { Fault: FailureKind.Refused } refused)
                    failure = AfterRefusal(request, refused);
                if (failure is not null)
                    reply = Reply<T>.Failed(failure);
            }
            finally
            {
                attempt?.Dispose();
                attempt = null;
            }
        }
        return isFirst && ShouldRetry(request, reply.Exception, attempts: 1)
            ? await _retries.Value.RunAsync(request, reply, () => AttemptAsync(request, send, read, typed, isFirst: false))
            : reply;
    }

    private Attempt Begin(RequestContext request, Permit permit)
    {
        request.Sends++;
        if (request.IsWaiting)
        {
            request.IsWaiting = false;
            request.Observer.Waiting(null);
        }
        return new Attempt(request, _time, _context.Timeout, permit, _limiter);
    }

    /// <summary>Returns the failure of a request that the rate limit refused; null when it waits for its turn again.</summary>
    private static RequestFailure? AfterRefusal(RequestContext request, RequestFailure refused)
    {
        request.Refusals++;
        if (request.IsSingle)
            return refused;
        return refused.Wait > request.WaitLeft ? RateLimiter.Impatient(request, refused.Wait) : null;
    }

    private static void TellSent(RequestContext request)
    {
        try
        {
            request.Observer.Sent(request.Target!);
        }
        catch (Exception exception)
        {
            request.ReceiverFault = exception;
            throw;
        }
    }

    private Exception Explain(RequestContext request, Attempt? attempt, Exception exception)
    {
        if (request.ReceiverFault is not null || attempt is null)
            return exception;
        // Torn down by the cancellation, whatever it looks like from here.
        if (request.Cancel.IsCancellationRequested)
            return exception is OperationCanceledException ? exception : new OperationCanceledException(request.Cancel);
        return Failures.FromException(request, attempt, exception, _context.IsClosed, _redactor);
    }
}
