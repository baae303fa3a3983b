using System;

namespace PulseRun.Core.Wait;

/// <summary>What a wait is for and how patient it is.</summary>
/// <param name="Target">Where the instances should get.</param>
/// <param name="Timeout">How long at most.</param>
/// <param name="Interval">The time between two lists; null to adapt (2 s to 15 s).</param>
internal sealed record WaitOptions(WaitTarget Target, TimeSpan Timeout, TimeSpan? Interval = null)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(900);
}

/// <summary>One instance to wait for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StatusBefore">The state just before this command asked for a change; null when it only watches.</param>
/// <param name="MayBeUnknown">True when a person gave the id, so that there may be no such instance.</param>
internal sealed record WaitItem(string Id, string? StatusBefore = null, bool MayBeUnknown = false);
