using System;
using PulseRun.Core.Launch;
using PulseRun.Store.Launch;

namespace PulseRun.Store.Cleanup;

/// <summary>Decides whether a claim of a process still holds. The clock is that of this machine.</summary>
internal static class Claims
{
    /// <summary>Returns true while another process may still be working on what it has claimed.</summary>
    /// <param name="owner">The process; null when the claim was released.</param>
    /// <param name="claimed">The time of the claim.</param>
    /// <param name="valid">The time for which the claim holds, in milliseconds.</param>
    /// <param name="now">The current time of this machine.</param>
    public static bool Holds(string? owner, DateTimeOffset claimed, long valid, DateTimeOffset now) =>
        ProcessIdentity.StateOf(owner) is OwnerState.Alive or OwnerState.Elsewhere
        // After a step of the clock the age is not known. The claim then counts as expired once it is further away than it can hold.
        && (now - claimed).Duration() < TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(valid, 86_400_000)));
}
