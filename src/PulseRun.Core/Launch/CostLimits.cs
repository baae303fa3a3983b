using PulseRun.Core.Cost;

namespace PulseRun.Core.Launch;

/// <summary>The limit on the price of one instance. A price at the limit is within it.</summary>
internal static class CostLimits
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

/// <summary>Whether a price keeps to a limit.</summary>
internal enum CostCheck
{
    /// <summary>It does, or there is no limit.</summary>
    Within,

    /// <summary>It does not.</summary>
    Exceeded,

    /// <summary>A price is missing, and it matters.</summary>
    PriceUnknown,
}
