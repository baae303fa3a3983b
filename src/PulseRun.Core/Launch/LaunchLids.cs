using System.Collections.Generic;
using PulseRun.Cost;

namespace PulseRun.Launching;

/// <summary>The lids on the bill: -MaxHourlyCost for one instance, -MaxFleetCostPerHour for all. A price at the lid is within it.</summary>
internal static class LaunchLids
{
    /// <summary>One instance's price; null when the server did not say.</summary>
    public static CostCheck Hourly(decimal? price, decimal? lid)
    {
        if (lid is null)
            return CostCheck.Within;
        if (!Burn.IsPrice(price))
            return CostCheck.PriceUnknown;
        return price > lid ? CostCheck.Exceeded : CostCheck.Within;
    }

    /// <summary>What burns and what is on its way, plus one more.</summary>
    /// <param name="fleet">The list. An instance already in it must not be the one that is added.</param>
    /// <param name="onItsWay">The prices of launches sent and not yet listed.</param>
    /// <param name="price">Of the one that is added; null when no such GPU was seen before.</param>
    /// <param name="lid">Null for none.</param>
    public static CostCheck Fleet(IEnumerable<Instance> fleet, decimal onItsWay, decimal? price, decimal? lid)
    {
        if (lid is null)
            return CostCheck.Within;
        var burn = Burn.Of(fleet);
        decimal known = burn.PerHour + onItsWay;
        bool isPriced = Burn.IsPrice(price);

        // Nothing is free: at the lid already, one more of whatever price is too much.
        if (known + (isPriced ? price!.Value : 0) > lid || (!isPriced && known >= lid))
            return CostCheck.Exceeded;
        return isPriced && burn.Unpriced == 0 ? CostCheck.Within : CostCheck.PriceUnknown;
    }
}
