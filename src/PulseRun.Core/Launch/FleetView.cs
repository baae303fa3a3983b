using System;
using System.Collections.Generic;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Launch;

/// <summary>What a whole list showed, for a fleet limit.</summary>
/// <param name="Limit">The limit in dollars per hour.</param>
/// <param name="Burn">What the listed instances cost.</param>
/// <param name="Listed">Their ids.</param>
/// <param name="At">When the list was asked for.</param>
/// <param name="AllowUnknownPrice">True when a price that is not known counts as 0.</param>
internal sealed record FleetView(decimal Limit, Burn Burn, ISet<string> Listed, SteadyTime At, bool AllowUnknownPrice)
{
    /// <summary>How long a list may lack an instance that was launched before it was asked for.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromSeconds(60);

    /// <summary>Weighs one launch against the limit.</summary>
    /// <param name="journal">The account's launches that are open, and those that were launched.</param>
    /// <param name="intentId">The launch that is weighed; it is not counted twice.</param>
    /// <param name="price">What it costs; null when unknown.</param>
    public FleetRoom Weigh(IEnumerable<LaunchRecord> journal, Guid intentId, decimal? price)
    {
        decimal onItsWay = 0;
        int unpriced = AllowUnknownPrice ? 0 : Burn.Unpriced;
        foreach (var launch in journal)
        {
            if (launch.IntentId == intentId || !Adds(launch))
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

    /// <summary>True when a launch of the journal costs money, or may, that the list does not show.</summary>
    private bool Adds(LaunchRecord launch)
    {
        if (launch.IsGone || launch.Outcome == LaunchOutcome.NotLaunched || (launch.InstanceId is { } id && Listed.Contains(id)))
            return false;
        // An intent that is not sent yet is about to be.
        if (launch is { Outcome: null, Sent: null, SentAt: null })
            return launch.OwnerState is OwnerState.Alive or OwnerState.Elsewhere;
        // Sent after the list was asked for, or not comparable: it may be missing there.
        if (At.Since(launch.Sent) is not { } age)
            return launch.Outcome is null || launch.Sent?.Boot == At.Boot;
        return age < s_lag + (launch.Outcome is null ? launch.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout : TimeSpan.Zero);
    }
}
