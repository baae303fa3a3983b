using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the offers of the catalogue at the present prices.</summary>
internal sealed class Market
{
    private readonly Dictionary<string, decimal> _prices = new(StringComparer.Ordinal);

    /// <summary>Sets the price of a GPU type at its cheapest provider.</summary>
    public void SetPrice(string gpu, decimal perHour)
    {
        if (Catalogue.FindGpu(gpu) is null)
            throw new ArgumentException("There is no GPU type '" + gpu + "'.", nameof(gpu));
        if (perHour is <= 0 or > 1_000_000)
            throw new ArgumentOutOfRangeException(nameof(perHour), perHour, "The price must be more than 0 and at most 1000000 dollars per hour.");
        _prices[gpu] = perHour;
    }

    /// <summary>Returns the cheapest offer for a launch; null when there is none.</summary>
    public Offer? Cheapest(GpuType gpu, string provider, string region, bool spot) =>
        Catalogue.Cheapest(_prices.TryGetValue(gpu.Slug, out decimal price) ? gpu with { BasePrice = price } : gpu, provider, region, spot);

    /// <summary>Returns the lowest price of a GPU type that is not a spot price; null when it is not offered.</summary>
    public decimal? PriceOf(string gpu) =>
        Catalogue.FindGpu(gpu) is { } type ? Cheapest(type, Catalogue.AutoProvider, Catalogue.AnyRegion, spot: false)?.CostPerHour : null;
}
