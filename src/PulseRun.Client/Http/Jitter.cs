using System;

namespace PulseRun.Client.Http;

/// <summary>Returns random numbers from 0 to 1, to spread retries over time.</summary>
internal static class Jitter
{
#if NET
#pragma warning disable CA5394 // The numbers are not used for security.
    public static double Next() => Random.Shared.NextDouble();
#pragma warning restore CA5394
#else
    private static readonly Random s_random = new();

    public static double Next()
    {
        lock (s_random)
            return s_random.NextDouble();
    }
#endif
}
