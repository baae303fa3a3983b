using System;
using System.Collections.Concurrent;
using PulseRun.Client.Http;

namespace PulseRun.Client.RateLimit;

/// <summary>Contains the rate limiters of this process, one for each address and key.</summary>
internal static class RateLimiters
{
    private static readonly ConcurrentDictionary<string, RateLimiter> s_limiters = new(StringComparer.Ordinal);

    /// <summary>Returns the rate limiter of an account, which is identified by a digest of address and key.</summary>
    public static RateLimiter Of(string account) => s_limiters.GetOrAdd(account, static _ => new RateLimiter(TimeProvider.System, Jitter.Next));
}
