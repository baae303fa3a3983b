using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Client;
using PulseRun.Core.Text;
using PulseRun.Core.Tracing;

namespace PulseRun.Client.Http;

/// <summary>Sends one logical request, with rate limit, time limits, retries and errors.</summary>
internal sealed class RequestExecutor
{
    /// <summary>The upper bound of a wait; it can be added to a time without overflow.</summary>
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

    /// <summary>Returns a logical request. It checks the id of a target, because the id becomes a part of the path.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the target is to be an id and is none.</exception>
    public RequestContext NewCall(Operation operation, string? target, ICallObserver observer, CancellationToken cancel, Action? beforeSending = null) =>
        new(operation, Checked(operation, target), _context.MaxWait < s_longestWait ? _context.MaxWait : s_longestWait, observer, cancel) { BeforeSending = beforeSending, Server = _context.BaseUri };

    /// <summary>Returns an optional request, which is sent once, and not at all if it would have to wait for the rate limit.</summary>
    public static RequestContext NewSingleCall(Operation operation, ICallObserver observer, CancellationToken cancel) =>
        new(operation, Checked(operation, null), TimeSpan.Zero, observer, cancel) { IsSingle = true };

    /// <summary>Returns an act that is sent at most once, and only within a window. It waits for the rate limit no longer than the window lasts.</summary>
    public RequestContext NewCallWithin(ActWindow window, Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, Checked(operation, target), window.Left < _context.MaxWait ? window.Left : _context.MaxWait, observer, cancel) { IsSingle = true, Window = window, Server = _context.BaseUri };

    /// <summary>Sends the request, reads the answer, and retries as the rules allow.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="send">Sends one attempt.</param>
    /// <param name="read">Reads a successful answer while it streams. <see cref="AttemptHandler"/> calls it.</param>
    public Task<Reply<T>> TryAsync<T>(RequestContext request, Func<Attempt, Task> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        AttemptAsync(request, send, read, typed: null, isFirst: true);

    /// <summary>Does the same as <see cref="TryAsync"/>, but throws on failure.</summary>
    /// <exception cref="PulseRunException">The request failed, after all retries.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the request.</exception>
    public async Task<T> RunAsync<T>(RequestContext request, Func<Attempt, Task> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        Result(await AttemptAsync(request, send, read, typed: null, isFirst: true));

    /// <summary>Does the same for an answer that Refit deserializes.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="send">Sends one attempt and reads its answer.</param>
    public async Task<T> RunAsync<T>(RequestContext request, Func<Attempt, Task<T>> send) =>
        Result(await AttemptAsync(request, null, null, send, isFirst: true));

    private static T Result<T>(Reply<T> reply) => reply.Exception is null ? reply.Result! : throw ForUser(reply.Exception);

    /// <summary>Returns the exception to show to the user.</summary>
    public static Exception ForUser(Exception exception) => exception is RequestFailure failure ? failure.Error : exception;

    /// <summary>Acquires a permit and sends the request, until the rate limit accepts it.</summary>
    /// <remarks>This is one method because each additional asynchronous method adds milliseconds to the first call, and a little to every other.</remarks>
    private async Task<Reply<T>> AttemptAsync<T>(
        RequestContext request,
        Func<Attempt, Task>? send,
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
                    return new Reply<T>(request, Failures.Closed(request));
                var permit = await _limiter.AcquireAsync(request);
                // Check again after the wait for a permit: the state that justified the act may have changed.
#if NET
                if (request.Window is { HasPassed: true })
#else
                if (request.Operation.Changes ? request.Window?.MaySend() == false : request.Window is { HasPassed: true })
#endif
                {
                    _limiter.Release(permit, PermitOutcome.Unknown, null);
                    return new Reply<T>(request, Failures.TooLate(request));
                }
                attempt = Begin(request, permit);
                if (request.Operation.Changes)
                    TellSent(request);
                if (typed is not null)
                {
                    reply = new Reply<T>(request, await typed(attempt));
                }
                else
                {
                    var current = attempt;
                    Task<T>? reading = null;
                    attempt.Read = response => reading = read!(response, current);
                    await send!(attempt);
#pragma warning disable VSTHRD003 // The handler has awaited the task.
                    reply = new Reply<T>(request, await reading!);
#pragma warning restore VSTHRD003
                }
                request.TimeLeft = attempt.TimeLeft;
            }
#pragma warning disable CA1031 // Every exception is returned as a value.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var failure = Explain(request, attempt, exception);
                if (failure is RequestFailure { Kind: FailureKind.Refused } refused)
                    failure = AfterRefusal(request, refused);
                if (failure is not null)
                    reply = new Reply<T>(request, failure);
            }
            finally
            {
                attempt?.Dispose();
                attempt = null;
            }
        }
        return isFirst && RetryRules.ShouldRetry(reply, attempts: 1)
            ? await _retries.Value.ContinueAsync(reply, () => AttemptAsync(request, send, read, typed, isFirst: false))
            : reply;
    }

    private static string? Checked(Operation operation, string? target)
    {
        if (operation.NamesInstance)
            InstanceIds.Check(target);
        return target;
    }

    private Attempt Begin(RequestContext request, Permit permit)
    {
        request.Sends++;
        if (request.IsWaiting)
        {
            request.IsWaiting = false;
            request.Observer.Waiting(null);
        }
        TimeSpan limit = _context.Timeout;
#if !NET
        // On .NET Framework nothing is called between the connection and the request. So an act is aborted when its window passes, whether it was sent by then or not; the next look shows which.
        if (request.Window is { } window && window.Left < limit)
            limit = window.Left;
#endif
        return new Attempt(request, _time, limit, permit, _limiter);
    }

    /// <summary>Returns the failure of a request that the rate limit rejected; null when it waits for another permit.</summary>
    private static RequestFailure? AfterRefusal(RequestContext request, RequestFailure refused)
    {
        request.Refusals++;
        if (request.IsSingle)
            return refused;
        if (Traces.Current is not null && (request.Observer as ISpanHolder)?.Span is { } span)
            Retries.Trace(span, request, refused.Error.ErrorId, delay: null, request.Sends + 1);
        return refused.Wait > request.WaitLeft ? RateLimiter.Impatient(request, refused.Wait) : null;
    }

    private static void TellSent(RequestContext request)
    {
        try
        {
            request.BeforeSending?.Invoke();
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
        // After a cancellation, every exception is a consequence of it.
        if (request.Cancel.IsCancellationRequested)
            return exception is OperationCanceledException ? exception : new OperationCanceledException(request.Cancel);
        return Failures.FromException(request, attempt, exception, _context.IsClosed, _redactor);
    }
}
