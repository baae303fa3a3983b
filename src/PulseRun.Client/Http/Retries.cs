using System;
using System.Globalization;
using System.Threading.Tasks;
using Polly;
using Polly.Retry;

namespace PulseRun.Client.Http;

/// <summary>Makes further attempts after a failed one. It is separate from <see cref="RequestExecutor"/> and created on the first failure, so that a successful call does not load Polly.</summary>
internal sealed class Retries
{
    private static readonly TimeSpan s_noticeable = TimeSpan.FromSeconds(1);
    private readonly ResiliencePipeline _pipeline;

    public Retries(TimeProvider time, Func<double> random)
    {
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = RetryRules.MaxAttempts - 1,
                ShouldHandle = static args => new ValueTask<bool>(
                    args.Context.Properties.TryGetValue(CallKey.Value, out var request) && RequestExecutor.ShouldRetry(request, args.Outcome.Exception, args.AttemptNumber + 1)),
                DelayGenerator = args => new ValueTask<TimeSpan?>(RetryRules.Delay(args.AttemptNumber + 1, random())),
                OnRetry = static args =>
                {
                    Tell(args);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Continues after a failed first attempt.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="first">The result of the first attempt.</param>
    /// <param name="attempt">Makes one more attempt.</param>
    public async Task<Reply<T>> RunAsync<T>(RequestContext request, Reply<T> first, Func<Task<Reply<T>>> attempt)
    {
        var context = ResilienceContextPool.Shared.Get(request.Cancel);
        context.Properties.Set(CallKey.Value, request);
        Reply<T>? known = first;
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                async (_, _) =>
                {
                    var reply = known ?? await attempt();
                    known = null;
                    return reply.Exception is null ? Outcome.FromResult(reply) : Outcome.FromException<Reply<T>>(reply.Exception);
                },
                context,
                state: 0);
            return outcome.Exception is null ? outcome.Result! : Reply<T>.Failed(outcome.Exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static void Tell(OnRetryArguments<object> args)
    {
        if (!args.Context.Properties.TryGetValue(CallKey.Value, out var request))
            return;
        if (args.RetryDelay >= s_noticeable)
        {
            request.IsWaiting = true;
            request.Observer.Waiting("another attempt, " + Math.Ceiling(args.RetryDelay.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
        }
        if (!request.Observer.WantsVerbose)
            return;
        request.Observer.Verbose(string.Format(
            CultureInfo.InvariantCulture,
            "{0} Again in {1:0.0} s (attempt {2} of {3}).",
            args.Outcome.Exception?.Message,
            args.RetryDelay.TotalSeconds,
            args.AttemptNumber + 2,
            RetryRules.MaxAttempts));
    }

    /// <summary>Holds the key in a class of its own, because a static field of a Polly struct would load Polly together with the outer class.</summary>
    private static class CallKey
    {
        public static readonly ResiliencePropertyKey<RequestContext> Value = new("call");
    }
}
