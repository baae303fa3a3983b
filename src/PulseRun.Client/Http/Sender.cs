using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Gate;
using PulseRun.Client.Redaction;
using PulseRun.Client.Wire;
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
    private readonly ServerClock _clock;
    private readonly Redactor _redactor;
    private readonly Lazy<Retries> _retries;

    public Sender(Context context, RateGate gate, TimeProvider time, ServerClock clock, Func<double> random, Redactor redactor)
    {
        _clock = clock;
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
    /// <param name="read">Reads a successful answer.</param>
    public Task<Reply<T>> TryAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        AttemptAsync(call, send, read, isFirst: true);

    /// <summary>The same for those who have no use for a failure.</summary>
    /// <exception cref="PulseRunException">It failed for good.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> RunAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read)
    {
        var reply = await TryAsync(call, send, read);
        return reply.Exception is null ? reply.Result! : throw ForUser(reply.Exception);
    }

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
    private async Task<Reply<T>> AttemptAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read, bool isFirst)
    {
        Reply<T>? reply = null;
        Turn? turn = null;
        Attempt? attempt = null;
        try
        {
            while (reply is null)
            {
                call.Cancel.ThrowIfCancellationRequested();
                if (_context.IsClosed)
                    return Reply<T>.Failed(Failures.Closed(call));
                turn = await _gate.EnterAsync(call);
                // Checked after the wait for the turn: what justified the act may be untrue by now.
                if (call.Window is { HasPassed: true })
                    return Reply<T>.Failed(Failures.TooLate(call));
                attempt = Begin(call);
                if (call.Operation.Changes())
                    TellSent(call);
                using var response = await send(attempt);
                _clock.Observe(response.Headers.Date);
                bool isRefused = Leave(turn.Value, call, response, out var wait);
                turn = null;
                if (!isRefused)
                    reply = response.IsSuccessStatusCode ? Reply<T>.Of(await read(response, attempt)) : Reply<T>.Failed(await ReadErrorAsync(call, response, attempt));
                else if (call.IsSingle)
                    reply = Reply<T>.Failed(Failures.Refused(call));
                else if (wait > call.WaitLeft)
                    reply = Reply<T>.Failed(RateGate.Impatient(call, wait));
                if (reply is { Exception: null })
                    call.TimeLeft = attempt.TimeLeft;
                attempt.Dispose();
                attempt = null;
            }
        }
#pragma warning disable CA1031 // Failures are values here: nothing is lost.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            reply = Reply<T>.Failed(Explain(call, attempt, exception));
        }
        finally
        {
            if (turn is { } open)
                _gate.Leave(open, TurnEnd.Unknown, null);
            attempt?.Dispose();
        }
        return isFirst && ShouldRetry(call, reply.Exception, attempts: 1) ? await RetryAsync(call, reply, send, read) : reply;
    }

    private Task<Reply<T>> RetryAsync<T>(Call call, Reply<T> first, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read) =>
        _retries.Value.RunAsync(call, first, () => AttemptAsync(call, send, read, isFirst: false));

    private Attempt Begin(Call call)
    {
        call.Sends++;
        if (call.IsWaiting)
        {
            call.IsWaiting = false;
            call.Observer.Waiting(null);
        }
        return new Attempt(call, _time, _context.Timeout);
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

    /// <summary>Tells the gate how it went, and whether the rate limit refused the request.</summary>
    private bool Leave(Turn turn, Call call, HttpResponseMessage response, out TimeSpan? wait)
    {
        bool isRefused = (int)response.StatusCode == 429;
        wait = isRefused ? RetryAfter.Read(response, _time.GetUtcNow()) : null;
        if (isRefused)
            call.Refusals++;
        _gate.Leave(turn, isRefused ? TurnEnd.Refused : TurnEnd.Accepted, wait);
        return isRefused;
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

    private async Task<CallFailure> ReadErrorAsync(Call call, HttpResponseMessage response, Attempt attempt)
    {
        Body body;
        try
        {
            body = await Body.ReadAsync(response, JsonLimits.ErrorBytes, attempt);
        }
#pragma warning disable CA1031 // The status says enough, whatever became of the text.
        catch (Exception) when (!call.Cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Failures.FromStatus(call, response, [], false, _redactor);
        }
        using var whole = body;
        if (call.Observer.WantsDebug)
            call.Observer.Debug(DebugText.Body(body.Buffer, body.Length, _redactor));
        return Failures.FromStatus(call, response, body.Bytes, body.IsTooLarge, _redactor);
    }
}
