using System;
using System.Diagnostics;
using System.Threading;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Running;

/// <summary>Holds the reason why a cmdlet waits. Where progress is shown, the reason is shown with a countdown; elsewhere, the first long wait for the rate limit is written as a warning.</summary>
/// <param name="warn">Writes the warning, from any thread; null where progress is shown.</param>
internal sealed class WaitNotice(Action<string>? warn)
{
    private Given? _given;
    private int _warned;

    /// <summary>Gets the reason with the remaining time; null when there is no wait.</summary>
    public string? Now => Volatile.Read(ref _given) is { } given ? WaitText.CountDown(given.Reason, given.Since.Elapsed) : null;

    /// <summary>Sets the reason for a wait; null ends it. Callable from any thread.</summary>
    public void Set(string? reason)
    {
        Volatile.Write(ref _given, reason is null ? null : new Given(reason, Stopwatch.StartNew()));
        if (warn is not null && reason is not null && WaitText.Warning(reason) is { } text && Interlocked.Exchange(ref _warned, 1) == 0)
            warn(text);
    }

    private sealed record Given(string Reason, Stopwatch Since);
}
