using System;

namespace PulseRun.Client.Http;

/// <summary>Decides which failed attempts are retried. A 429 is not one of them: the rate limiter waits, and that does not count as an attempt.</summary>
internal static class RetryRules
{
    public const int MaxAttempts = 4;

    private const int MaxTimeouts = 2;
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(20);

    /// <summary>Returns true when the request is to be sent again.</summary>
    /// <param name="reply">The end of the last attempt.</param>
    /// <param name="attempts">The number of attempts so far, including this one.</param>
    public static bool ShouldRetry(Reply reply, int attempts) =>
        reply.Exception is RequestFailure failure
        && !reply.Request.IsSingle
        && failure.Error.ErrorId != ErrorIds.CapacityUnavailable
        && ShouldRetry(reply.Request.Operation, failure.Kind, failure.Status, attempts);

    /// <summary>Returns true when the operation may be repeated after a failure.</summary>
    /// <param name="operation">The operation. A launch is sent again only when nothing was sent, because a second one costs money.</param>
    /// <param name="kind">The kind of the failure.</param>
    /// <param name="status">The HTTP status; null when the server did not answer.</param>
    /// <param name="attempts">The number of attempts so far, including this one.</param>
    public static bool ShouldRetry(Operation operation, FailureKind kind, int? status, int attempts)
    {
        if (attempts >= MaxAttempts)
            return false;
        if (kind == FailureKind.Unreachable)
            return true;
        if (operation.Resend == Resend.OnlyIfUnsent)
            return false;
        return kind switch
        {
            FailureKind.Status => status is 408 or 500 or 502 or 503 or 504,
            FailureKind.Cut => true,
            // The user waits for the whole time limit with each attempt, so a server that hangs is tried only once more.
            FailureKind.Timeout => attempts < MaxTimeouts,
            _ => false,
        };
    }

    /// <summary>Returns a random delay between 0 and a bound that doubles with each attempt (full jitter), so that many clients do not retry in step.</summary>
    /// <param name="attempts">The number of attempts so far.</param>
    /// <param name="random">A random number from 0 to 1.</param>
    public static TimeSpan Delay(int attempts, double random)
    {
        double ceiling = Math.Min(s_maxDelay.TotalSeconds, s_firstDelay.TotalSeconds * Math.Pow(2, attempts - 1));
        return TimeSpan.FromSeconds(ceiling * random);
    }
}
