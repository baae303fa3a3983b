using System;

namespace PulseRun.Client.Http;

/// <summary>Jitter.</summary>
internal static class Jitter
{
#if NET
#pragma warning disable CA5394 // Nothing secret is made of it.
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
