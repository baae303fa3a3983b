using System;
using PulseRun.Core.Launch;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Cleanup;

/// <summary>Decides whether a claim of a process still holds. The clock is that of the database.</summary>
internal static class Claims
{
    /// <summary>Returns true while another process may still be working on what it has claimed.</summary>
    /// <param name="owner">The process; null when the claim was released.</param>
    /// <param name="claimed">The time of the claim.</param>
    /// <param name="valid">The time for which the claim holds, in milliseconds.</param>
    /// <param name="now">The current time of the database.</param>
    public static bool Holds(string? owner, DateTimeOffset claimed, long valid, DateTimeOffset now) =>
        HostIdentity.StateOf(owner) is OwnerState.Alive or OwnerState.Elsewhere
        && (now - claimed).Duration() < TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(valid, 86_400_000)));
}
