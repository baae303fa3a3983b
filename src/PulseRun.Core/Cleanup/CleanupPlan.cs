using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>What a cleanup is about to do, in the order of the list.</summary>
/// <param name="Decisions">One for each instance considered.</param>
/// <param name="Asked">How many instances were asked for their metrics.</param>
/// <param name="Unread">How many of them gave no answer, or one that says nothing.</param>
/// <param name="IsOutage">True when that is too much: then every decision is to skip.</param>
/// <param name="DamagedStore">A damaged store that lies aside: then every decision is to skip; null without one.</param>
internal sealed record CleanupPlan(IReadOnlyList<CleanupDecision> Decisions, int Asked, int Unread, bool IsOutage, string? DamagedStore = null)
{
    /// <summary>The error to raise while a damaged store lies aside; null without one.</summary>
    public PulseRunException? Damage => DamagedStore is null ? null : new PulseRunException(
        ErrorIds.StoreUnavailable,
        "Nothing was stopped or removed: the PulseRun store was damaged, and lies aside as '" + DamagedStore + "'. Protections may be missing in the new one. Look at Get-PRProtection, protect what must stay, then delete that file.");

    /// <summary>The error to raise; null without an outage.</summary>
    public PulseRunException? Outage => !IsOutage ? null : new PulseRunException(
        ErrorIds.MetricsOutage,
        "Nothing was stopped or removed: " + Unread + " of " + Asked + " running instances gave no metrics to judge by when they were asked.");
}
