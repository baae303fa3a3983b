using PulseRun.Core.Cost;

namespace PulseRun.Core.Launch;

/// <summary>Checks the price of one instance against its limit. A price equal to the limit is permitted.</summary>
internal static class CostLimits
{
    /// <summary>Returns the result for one instance's price; null means that the server sent none.</summary>
    public static CostCheck Hourly(decimal? price, decimal? limit)
    {
        if (limit is null)
            return CostCheck.Within;
        if (!Burn.IsPrice(price))
            return CostCheck.PriceUnknown;
        return price > limit ? CostCheck.Exceeded : CostCheck.Within;
    }
}

/// <summary>Specifies whether a price is within a limit.</summary>
internal enum CostCheck
{
    /// <summary>The price is within the limit, or there is no limit.</summary>
    Within,

    /// <summary>The price is above the limit.</summary>
    Exceeded,

    /// <summary>A price that is needed for the check is not known.</summary>
    PriceUnknown,
}
