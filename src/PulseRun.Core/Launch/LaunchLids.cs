using PulseRun.Cost;

namespace PulseRun.Launching;

/// <summary>The limit on the price of one instance. A price at the limit is within it.</summary>
internal static class LaunchLids
{
    /// <summary>Compares one instance's price; null when the server did not give one.</summary>
    public static CostCheck Hourly(decimal? price, decimal? limit)
    {
        if (limit is null)
            return CostCheck.Within;
        if (!Burn.IsPrice(price))
            return CostCheck.PriceUnknown;
        return price > limit ? CostCheck.Exceeded : CostCheck.Within;
    }
}
