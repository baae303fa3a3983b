using System;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Waiting by a clock that tests can turn: net8.0 and the package for net472 spell it differently.</summary>
internal static class Delay
{
    public static Task For(TimeSpan delay, TimeProvider time, CancellationToken cancel) =>
#if NET
        Task.Delay(delay, time, cancel);
#else
        time.Delay(delay, cancel);
#endif

    /// <summary>A token that is cancelled after a time.</summary>
    public static CancellationTokenSource Limit(TimeSpan limit, TimeProvider time) =>
#if NET
        new(limit, time);
#else
        time.CreateCancellationTokenSource(limit);
#endif
}
