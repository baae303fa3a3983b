using System;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Waits by a TimeProvider, so that tests can use virtual time. The calls differ between net8.0 and the package for net472.</summary>
internal static class Delay
{
    public static Task For(TimeSpan delay, TimeProvider time, CancellationToken cancel) =>
#if NET
        Task.Delay(delay, time, cancel);
#else
        time.Delay(delay, cancel);
#endif

    /// <summary>Returns a token source that is cancelled after a time.</summary>
    public static CancellationTokenSource Limit(TimeSpan limit, TimeProvider time) =>
#if NET
        new(limit, time);
#else
        time.CreateCancellationTokenSource(limit);
#endif
}
