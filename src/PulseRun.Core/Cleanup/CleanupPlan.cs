using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents the decisions of one cleanup, in the order of the list.</summary>
/// <param name="Decisions">One decision for each instance considered.</param>
/// <param name="Asked">The number of instances whose metrics were requested.</param>
/// <param name="Unread">The number of those that returned no metrics, or none that can be used.</param>
/// <param name="IsOutage">True when that number is above the permitted share; then every decision is to skip.</param>
/// <param name="DamagedStore">The path of a damaged store that was set aside; then every decision is to skip. Null without one.</param>
internal sealed record CleanupPlan(IReadOnlyList<CleanupDecision> Decisions, int Asked, int Unread, bool IsOutage, string? DamagedStore = null)
{
    /// <summary>Gets the number of acts that this run and those that overlap with it may begin together.</summary>
    public int MostActs { get; init; } = int.MaxValue;

    /// <summary>Gets the limit that <see cref="MostActs"/> comes from.</summary>
    public CleanupReason ActLimit { get; init; } = CleanupReason.MaxActions;

    /// <summary>Gets the error to write when a damaged store was set aside; null without one.</summary>
    public PulseRunException? Damage => DamagedStore is null ? null : new PulseRunException(
        ErrorIds.StoreUnavailable,
        "Nothing was stopped or removed: the PulseRun store was damaged and was moved to '" + DamagedStore + "'. Protections may be missing in the new store. Check Get-PRProtection, protect what must stay, then delete that file.");

    /// <summary>Gets the error to write on an outage of the metrics; null without one.</summary>
    public PulseRunException? Outage => !IsOutage ? null : new PulseRunException(
        ErrorIds.MetricsOutage,
        "Nothing was stopped or removed: " + Unread + " of " + Asked + " running instances returned no usable metrics.");
}
