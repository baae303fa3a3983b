using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Gate;
using PulseRun.Client.Redaction;
using PulseRun.Contracts;

namespace PulseRun.Client.Http;

/// <summary>Sends one logical request: gate, time limits, retries, errors.</summary>
internal sealed class Sender
{
    /// <summary>More than any patience, and little enough to be added to a time.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(365);

    private readonly Context _context;
    private readonly RateGate _gate;
    private readonly TimeProvider _time;
    private readonly Redactor _redactor;
    private readonly Lazy<Retries> _retries;

    public Sender(Context context, RateGate gate, TimeProvider time, Func<double> random, Redactor redactor)
    {
        _context = context;
        _gate = gate;
        _time = time;
        _redactor = redactor;
        _retries = new Lazy<Retries>(() => new Retries(time, random));
    }

    public Call NewCall(Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, target, _context.MaxWait < s_longestWait ? _context.MaxWait : s_longestWait, observer, cancel);

    /// <summary>A request that nobody needs: sent once, and not at all when it would have to wait for its turn.</summary>
    public static Call NewSingleCall(Operation operation, ICallObserver observer, CancellationToken cancel) =>
        new(operation, null, TimeSpan.Zero, observer, cancel) { IsSingle = true };

    /// <summary>Returns an act that is sent at most once, and only within a window: it waits for its turn no longer than the window lasts.</summary>
    public Call NewCallWithin(ActWindow window, Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, target, window.Left < _context.MaxWait ? window.Left : _context.MaxWait, observer, cancel) { IsSingle = true, Window = window };

    /// <summary>Sends, reads, and tries again as the rules allow.</summary>
    /// <param name="call">The logical request.</param>
    /// <param name="send">Sends once.</param>
    /// <param name="read">Reads a successful answer as it streams.</param>
    public Task<Reply<T>> TryAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        AttemptAsync(call, send, read, typed: null, isFirst: true);

    /// <summary>The same for callers who have no use for a failure.</summary>
    /// <exception cref="PulseRunException">It failed for good.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> RunAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        Result(await AttemptAsync(call, send, read, typed: null, isFirst: true));

    /// <summary>The same for an answer that Refit reads.</summary>
    /// <param name="call">The logical request.</param>
    /// <param name="send">Sends once, and reads.</param>
    public async Task<T> RunAsync<T>(Call call, Func<Attempt, Task<T>> send) =>
        Result(await AttemptAsync(call, null, null, send, isFirst: true));

    private static T Result<T>(Reply<T> reply) => reply.Exception is null ? reply.Result! : throw ForUser(reply.Exception);

    /// <summary>Whether a call that failed so is made again.</summary>
    /// <param name="call">The logical request.</param>
    /// <param name="exception">How the last attempt failed; null when it did not.</param>
    /// <param name="attempts">How many attempts have been made.</param>
    public static bool ShouldRetry(Call call, Exception? exception, int attempts) =>
        exception is CallFailure failure
        && !call.IsSingle
        && failure.Error.ErrorId != ErrorIds.CapacityUnavailable
        && RetryRules.ShouldRetry(call.Operation, failure.Fault, failure.Status, attempts);

    /// <summary>The error a user is to see.</summary>
    public static Exception ForUser(Exception exception) => exception is CallFailure failure ? failure.Error : exception;

    /// <summary>Asks for leave and sends, until the rate limit lets it pass.</summary>
    /// <remarks>One method, where it could be three: each asynchronous one on the way costs milliseconds at its first call, and a little at every other.</remarks>
    private async Task<Reply<T>> AttemptAsync<T>(
        Call call,
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
                call.Cancel.ThrowIfCancellationRequested();
                if (_context.IsClosed)
                    return Reply<T>.Failed(Failures.Closed(call));
                var turn = await _gate.EnterAsync(call);
                // Checked after the wait for the turn: what justified the act may be untrue by now.
                if (call.Window is { HasPassed: true })
                {
                    _gate.Leave(turn, TurnEnd.Unknown, null);
                    return Reply<T>.Failed(Failures.TooLate(call));
                }
                attempt = Begin(call, turn);
                if (call.Operation.Changes)
                    TellSent(call);
                if (typed is not null)
                {
                    reply = Reply<T>.Of(await typed(attempt));
                }
                else
                {
                    using var response = await send!(attempt);
                    reply = Reply<T>.Of(await read!(response, attempt));
                }
                call.TimeLeft = attempt.TimeLeft;
            }
#pragma warning disable CA1031 // Failures are values here: nothing is lost.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var failure = Explain(call, attempt, exception);
                if (failure is CallFailure { Fault: Fault.Refused } refused)
                    failure = AfterRefusal(call, refused);
                if (failure is not null)
                    reply = Reply<T>.Failed(failure);
            }
            finally
            {
                attempt?.Dispose();
                attempt = null;
            }
        }
        return isFirst && ShouldRetry(call, reply.Exception, attempts: 1)
            ? await _retries.Value.RunAsync(call, reply, () => AttemptAsync(call, send, read, typed, isFirst: false))
            : reply;
    }

    private Attempt Begin(Call call, Turn turn)
    {
        call.Sends++;
        if (call.IsWaiting)
        {
            call.IsWaiting = false;
            call.Observer.Waiting(null);
        }
        return new Attempt(call, _time, _context.Timeout, turn, _gate);
    }

    /// <summary>Returns the failure of a request that the rate limit refused; null when it waits for its turn again.</summary>
    private static CallFailure? AfterRefusal(Call call, CallFailure refused)
    {
        call.Refusals++;
        if (call.IsSingle)
            return refused;
        return refused.Wait > call.WaitLeft ? RateGate.Impatient(call, refused.Wait) : null;
    }

    private static void TellSent(Call call)
    {
        try
        {
            call.Observer.Sent(call.Target!);
        }
        catch (Exception exception)
        {
            call.ReceiverFault = exception;
            throw;
        }
    }

    private Exception Explain(Call call, Attempt? attempt, Exception exception)
    {
        if (call.ReceiverFault is not null || attempt is null)
            return exception;
        // Torn down by the cancellation, whatever it looks like from here.
        if (call.Cancel.IsCancellationRequested)
            return exception is OperationCanceledException ? exception : new OperationCanceledException(call.Cancel);
        return Failures.FromException(call, attempt, exception, _context.IsClosed, _redactor);
    }
}
