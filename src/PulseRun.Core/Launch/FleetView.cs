using System;
using System.Collections.Generic;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Launch;

/// <summary>Represents a complete list, for the check of a cost limit of the fleet.</summary>
/// <param name="Limit">The limit, in dollars per hour.</param>
/// <param name="Burn">The cost of the listed instances.</param>
/// <param name="Listed">The ids of the listed instances.</param>
/// <param name="At">The time at which the list was requested.</param>
/// <param name="AllowUnknownPrice">True when an unknown price counts as 0.</param>
internal sealed record FleetView(decimal Limit, Burn Burn, ISet<string> Listed, SteadyTime At, bool AllowUnknownPrice)
{
    /// <summary>The time for which a list may lack an instance that was launched before the list was requested. 60 seconds is an assumption; the API documents no bound.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromSeconds(60);

    /// <summary>Returns the result of checking one launch against the limit.</summary>
    /// <param name="journal">The account's open launches and those that were launched.</param>
    /// <param name="intentId">The launch to check; it is not counted twice.</param>
    /// <param name="price">The price of the launch; null when not known.</param>
    public FleetRoom Weigh(IEnumerable<LaunchRecord> journal, Guid intentId, decimal? price)
    {
        decimal onItsWay = 0;
        int unpriced = AllowUnknownPrice ? 0 : Burn.Unpriced;
        foreach (var launch in journal)
        {
            if (launch.IntentId == intentId || !IsUnlisted(launch))
                continue;
            if (launch.Price is { } known)
                onItsWay += known;
            else if (!AllowUnknownPrice)
                unpriced++;
        }
        decimal before = Burn.PerHour + onItsWay;
        var check = before + (price ?? 0) > Limit || (price is null && before >= Limit) ? CostCheck.Exceeded
            : unpriced > 0 ? CostCheck.PriceUnknown
            : CostCheck.Within;
        return new FleetRoom(check, before, price, unpriced);
    }

    /// <summary>Returns true when a launch of the journal is billed, or may be, and is not in the list.</summary>
    public bool IsUnlisted(LaunchRecord launch)
    {
        if (launch.IsGone || launch.IsWaiting || launch.Outcome == LaunchOutcome.NotLaunched || (launch.InstanceId is { } id && Listed.Contains(id)))
            return false;
        // An intent that was not sent yet is sent next if its process is alive.
        if (launch is { Outcome: null, Sent: null, SentAt: null })
            return launch.OwnerState is OwnerState.Alive or OwnerState.Elsewhere;
        // The launch was sent after the list was requested, or the times cannot be compared, so the list may lack it.
        if (At.Since(launch.Sent) is not { } age)
            return launch.Outcome is null || launch.Sent?.Boot == At.Boot;
        return age < s_lag + (launch.Outcome is null ? launch.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout : TimeSpan.Zero);
    }
}
