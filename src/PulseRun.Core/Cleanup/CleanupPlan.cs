using System.Collections.Generic;

namespace PulseRun.Cleanup;

/// <summary>What a cleanup is about to do, in the order of the list.</summary>
/// <param name="Decisions">One for each instance considered.</param>
/// <param name="Asked">How many instances were asked for their metrics.</param>
/// <param name="Unread">How many of them gave none to judge by.</param>
/// <param name="IsOutage">Whether that is too much: then every decision is to skip.</param>
internal sealed record CleanupPlan(IReadOnlyList<CleanupDecision> Decisions, int Asked, int Unread, bool IsOutage)
{
    /// <summary>The error to raise; null without an outage.</summary>
    public PulseRunException? Outage => !IsOutage ? null : new PulseRunException(
        ErrorIds.MetricsOutage,
        "Nothing was stopped or removed: " + Unread + " of " + Asked + " running instances give no metrics to judge by.");
}
