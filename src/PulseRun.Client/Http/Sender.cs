using System;
using System.Globalization;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;
using PulseRun.Client.Gate;
using PulseRun.Client.Redaction;
using PulseRun.Client.Wire;
using PulseRun.Contracts;

namespace PulseRun.Client.Http;

/// <summary>Sends one logical request: gate, time limits, retries, errors.</summary>
internal sealed class Sender
{
    private static readonly ResiliencePropertyKey<Call> s_call = new("call");
    private static readonly TimeSpan s_noticeable = TimeSpan.FromSeconds(1);
    private readonly Context _context;
    private readonly RateGate _gate;
    private readonly TimeProvider _time;
    private readonly ServerClock _clock;
    private readonly Redactor _redactor;
    private readonly ResiliencePipeline _retry;

    public Sender(Context context, RateGate gate, TimeProvider time, ServerClock clock, Func<double> random, Redactor redactor)
    {
        _clock = clock;
        _context = context;
        _gate = gate;
        _time = time;
        _redactor = redactor;
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = RetryRules.MaxAttempts - 1,
                ShouldHandle = static args => new ValueTask<bool>(ShouldRetry(args)),
                DelayGenerator = args => new ValueTask<TimeSpan?>(RetryRules.Delay(args.AttemptNumber + 1, random())),
                OnRetry = static args =>
                {
                    TellRetry(args);
                    return default;
                },
            })
            .Build();
    }

    public Call NewCall(Operation operation, string? target, ICallObserver observer, CancellationToken cancel) =>
        new(operation, target, _context.MaxWait, observer, cancel);

    /// <summary>A request that nobody needs: sent once, and not at all when it would have to wait for its turn.</summary>
    public static Call NewSingleCall(Operation operation, ICallObserver observer, CancellationToken cancel) =>
        new(operation, null, TimeSpan.Zero, observer, cancel) { IsSingle = true };

    /// <summary>Sends, reads, and tries again as the rules allow.</summary>
    /// <param name="call">The logical request.</param>
    /// <param name="send">Sends once.</param>
    /// <param name="read">Reads a successful answer.</param>
    /// <returns>What was read, or a <see cref="CallFailure"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Outcome<T>> TryAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read)
    {
        var context = ResilienceContextPool.Shared.Get(call.Cancel);
        context.Properties.Set(s_call, call);
        try
        {
            return await _retry.ExecuteOutcomeAsync(
                static (_, state) => new ValueTask<Outcome<T>>(state.Sender.AttemptAsync(state.Call, state.Send, state.Read)),
                context,
                (Sender: this, Call: call, Send: send, Read: read));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The same for those who have no use for a failure.</summary>
    /// <exception cref="PulseRunException">It failed for good.</exception>
    public async Task<T> RunAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read)
    {
        var outcome = await TryAsync(call, send, read);
        return outcome.Exception is null ? outcome.Result! : throw ForUser(outcome.Exception);
    }

    /// <summary>The error a user is to see.</summary>
    public static Exception ForUser(Exception exception) => exception is CallFailure failure ? failure.Error : exception;

    private async Task<Outcome<T>> AttemptAsync<T>(Call call, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read)
    {
        try
        {
            while (true)
            {
                if (_context.IsClosed)
                    return Outcome.FromException<T>(Failures.Closed(call));
                var turn = await _gate.EnterAsync(call);
                if (await SendOnceAsync(call, turn, send, read) is { } outcome)
                    return outcome;
                if (call.IsSingle)
                    return Outcome.FromException<T>(new CallFailure(Fault.RateLimited, new PulseRunException(ErrorIds.RateLimited, call.Describe() + " failed: the rate limit refused it.") { StatusCode = 429 }));
            }
        }
#pragma warning disable CA1031 // Polly takes failures as values: nothing is lost.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Outcome.FromException<T>(exception);
        }
    }

    /// <summary>Sends once; null when the rate limit refused it.</summary>
    private async Task<Outcome<T>?> SendOnceAsync<T>(Call call, Turn turn, Func<Attempt, Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Attempt, Task<T>> read)
    {
        bool isOpen = true;
        call.Sends++;
        if (call.IsWaiting)
        {
            call.IsWaiting = false;
            call.Observer.Waiting(null);
        }
        using var attempt = new Attempt(call, _time, _context.Timeout);
        try
        {
            if (call.Operation.Changes())
                call.Observer.Sent(call.Target!);
            using var response = await send(attempt);
            _clock.Observe(response.Headers.Date);
            isOpen = false;
            if ((int)response.StatusCode == 429)
            {
                call.Refusals++;
                _gate.Leave(turn, TurnEnd.Refused, RetryAfter.Read(response, _time.GetUtcNow()));
                return null;
            }
            _gate.Leave(turn, TurnEnd.Accepted, null);
            return response.IsSuccessStatusCode
                ? Outcome.FromResult(await read(response, attempt))
                : Outcome.FromException<T>(await ReadErrorAsync(call, response, attempt));
        }
        catch (Exception exception) when (call.ReceiverFault is null && !call.Cancel.IsCancellationRequested)
        {
            var failure = Failures.FromException(call, attempt, exception, _context.IsClosed, _redactor);
            if (failure is null)
                throw;
            return Outcome.FromException<T>(failure);
        }
        catch (Exception exception) when (call.ReceiverFault is null && exception is not OperationCanceledException)
        {
            // Torn down by the cancellation, whatever it looks like from here.
            throw new OperationCanceledException(call.Cancel);
        }
        finally
        {
            if (isOpen)
                _gate.Leave(turn, TurnEnd.Unknown, null);
        }
    }

    private async Task<CallFailure> ReadErrorAsync(Call call, HttpResponseMessage response, Attempt attempt)
    {
        Body body;
        try
        {
            body = await Body.ReadAsync(response, JsonLimits.ErrorBytes, attempt);
        }
        catch (Exception exception) when (!call.Cancel.IsCancellationRequested && Failures.FromException(call, attempt, exception, false, _redactor) is not null)
        {
            // The status says enough.
            return Failures.FromStatus(call, response, [], false, _redactor);
        }
        using var whole = body;
        if (call.Observer.WantsDebug)
            call.Observer.Debug(DebugText.Body(body.Buffer, body.Length, _redactor));
        return Failures.FromStatus(call, response, body.Bytes, body.IsTooLarge, _redactor);
    }

    private static bool ShouldRetry(RetryPredicateArguments<object> args) =>
        args.Outcome.Exception is CallFailure failure
        && args.Context.Properties.TryGetValue(s_call, out var call)
        && !call.IsSingle
        && failure.Error.ErrorId != ErrorIds.CapacityUnavailable
        && RetryRules.ShouldRetry(call.Operation, failure.Fault, failure.Status, args.AttemptNumber + 1);

    private static void TellRetry(OnRetryArguments<object> args)
    {
        if (!args.Context.Properties.TryGetValue(s_call, out var call))
            return;
        if (args.RetryDelay >= s_noticeable)
        {
            call.IsWaiting = true;
            call.Observer.Waiting("another attempt, " + Math.Ceiling(args.RetryDelay.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
        }
        if (!call.Observer.WantsVerbose)
            return;
        call.Observer.Verbose(string.Format(
            CultureInfo.InvariantCulture,
            "{0} Again in {1:0.0} s (attempt {2} of {3}).",
            args.Outcome.Exception?.Message,
            args.RetryDelay.TotalSeconds,
            args.AttemptNumber + 2,
            RetryRules.MaxAttempts));
    }
}
