using System;
using System.Diagnostics;
using System.Threading;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Running;

/// <summary>What a cmdlet waits for. Where progress is shown it counts down; where it is not, the first long wait for the rate limit is a warning.</summary>
/// <param name="warn">Writes the warning, from any thread; null where progress is shown.</param>
internal sealed class WaitNotice(Action<string>? warn)
{
    private Given? _given;
    private int _warned;

    /// <summary>The reason as it reads now; null when nothing is waited for.</summary>
    public string? Now => Volatile.Read(ref _given) is { } given ? WaitText.CountDown(given.Reason, given.Since.Elapsed) : null;

    /// <summary>Takes the reason for a wait; null ends it. From any thread.</summary>
    public void Set(string? reason)
    {
        Volatile.Write(ref _given, reason is null ? null : new Given(reason, Stopwatch.StartNew()));
        if (warn is not null && reason is not null && WaitText.Warning(reason) is { } text && Interlocked.Exchange(ref _warned, 1) == 0)
            warn(text);
    }

    private sealed record Given(string Reason, Stopwatch Since);
}
