using System;

namespace PulseRun.Core.Wait;

/// <summary>Specifies what to wait for, and for how long.</summary>
/// <param name="Target">The state to wait for.</param>
/// <param name="Timeout">The longest time to wait.</param>
/// <param name="Interval">The time between two lists; null to adapt it (2 s to 15 s).</param>
internal sealed record WaitOptions(WaitTarget Target, TimeSpan Timeout, TimeSpan? Interval = null)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(900);
}

/// <summary>Represents one instance to wait for.</summary>
/// <param name="Id">The id of the instance.</param>
/// <param name="StatusBefore">The state right before this command requested a change; null when it only waits.</param>
/// <param name="MayBeUnknown">True when the user gave the id, so that the instance may not exist.</param>
internal sealed record WaitItem(string Id, string? StatusBefore = null, bool MayBeUnknown = false);
