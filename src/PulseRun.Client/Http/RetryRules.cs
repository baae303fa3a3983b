using System;

namespace PulseRun.Client.Http;

/// <summary>Which failed attempts are made again (design.md section 3). A 429 is not among them: the gate waits it out, and it costs no attempt.</summary>
internal static class RetryRules
{
    public const int MaxAttempts = 4;

    private const int MaxTimeouts = 2;
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(20);

    /// <summary>Whether to try again.</summary>
    /// <param name="operation">What for. A launch is sent again only when nothing was sent: it costs money.</param>
    /// <param name="kind">How it failed.</param>
    /// <param name="status">The status, when the server answered.</param>
    /// <param name="attempts">How many attempts have been made, this one included.</param>
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
            // The limit is the user's patience: trying a hung server once more is kind, four times is not.
            FailureKind.Timeout => attempts < MaxTimeouts,
            _ => false,
        };
    }

    /// <summary>Full jitter: anything from nothing to the doubled delay, so that a fleet of clients does not come back in step.</summary>
    /// <param name="attempts">How many attempts have been made.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan Delay(int attempts, double random)
    {
        double ceiling = Math.Min(s_maxDelay.TotalSeconds, s_firstDelay.TotalSeconds * Math.Pow(2, attempts - 1));
        return TimeSpan.FromSeconds(ceiling * random);
    }
}
