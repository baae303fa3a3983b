using System;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Views.Fleet;

/// <summary>Waits by a clock that tests can control. .NET 8 and the package for .NET Framework have different methods for it.</summary>
internal static class Delay
{
    public static Task For(TimeSpan delay, TimeProvider time, CancellationToken cancel) =>
#if NET
        Task.Delay(delay, time, cancel);
#else
        time.Delay(delay, cancel);
#endif
}
