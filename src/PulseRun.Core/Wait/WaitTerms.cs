using System;

namespace PulseRun.Waiting;

/// <summary>What a wait is for and how patient it is.</summary>
/// <param name="Target">Where the instances should get.</param>
/// <param name="Timeout">How long at most.</param>
/// <param name="Interval">The time between two lists; null to adapt (2 s to 15 s).</param>
internal sealed record WaitTerms(WaitTarget Target, TimeSpan Timeout, TimeSpan? Interval = null)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(900);
}
