using System;
using System.Globalization;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;
using PulseRun.Core.Tracing;

namespace PulseRun.Client.Http;

/// <summary>Makes further attempts after a failed one. It is separate from <see cref="RequestExecutor"/> and created on the first failure, so that a successful call does not load Polly.</summary>
internal sealed class Retries(TimeProvider time, Func<double> random)
{
    private static readonly TimeSpan s_noticeable = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = RetryRules.MaxAttempts - 1,
            ShouldHandle = static args => new ValueTask<bool>(args.Outcome.Result is Reply reply && RetryRules.ShouldRetry(reply, args.AttemptNumber + 1)),
            DelayGenerator = args => new ValueTask<TimeSpan?>(RetryRules.Delay(args.AttemptNumber + 1, random())),
            OnRetry = static args =>
            {
                Tell((Reply)args.Outcome.Result!, args.RetryDelay, args.AttemptNumber + 2);
                return default;
            },
        })
        .Build();

    /// <summary>Continues after a failed first attempt.</summary>
    /// <param name="first">The end of the first attempt. It counts as one of the attempts.</param>
    /// <param name="attempt">Makes one more attempt.</param>
    public async Task<Reply<T>> ContinueAsync<T>(Reply<T> first, Func<Task<Reply<T>>> attempt)
    {
        Reply<T>? known = first;
        return await _pipeline.ExecuteAsync(
            async _ =>
            {
                var reply = known ?? await attempt();
                known = null;
                return reply;
            },
            first.Request.Cancel);
    }

    /// <summary>Records a further attempt. A rejection by the rate limit is one too, although it does not count as an attempt.</summary>
    /// <param name="span">The span of the command.</param>
    /// <param name="request">The request.</param>
    /// <param name="why">The error id of the failure.</param>
    /// <param name="delay">The time until the next transmission; null when the rate limit decides.</param>
    /// <param name="next">The number of the next transmission.</param>
    public static void Trace(ISpan span, RequestContext request, string? why, TimeSpan? delay, int next) => span.AddEvent(
        Traces.Retry,
        Traces.Detail("error.type", why ?? "unknown"),
        Traces.Detail("http.request.method", request.Operation.Method),
        Traces.Detail("url.template", request.Operation.Path),
        Traces.Detail("http.request.resend_count", next - 1),
        Traces.Detail("pulserun.retry.delay_seconds", delay?.TotalSeconds));

    private static void Tell(Reply failed, TimeSpan delay, int next)
    {
        var request = failed.Request;
        if (Traces.Current is not null && (request.Observer as ISpanHolder)?.Span is { } span)
            Trace(span, request, (failed.Exception as RequestFailure)?.Error.ErrorId, delay, next);
        if (delay >= s_noticeable)
        {
            request.IsWaiting = true;
            request.Observer.Waiting("another attempt, " + Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
        }
        if (!request.Observer.WantsVerbose)
            return;
        request.Observer.Verbose(string.Format(
            CultureInfo.InvariantCulture,
            "{0} Again in {1:0.0} s (attempt {2} of {3}).",
            failed.Exception?.Message,
            delay.TotalSeconds,
            next,
            RetryRules.MaxAttempts));
    }
}
