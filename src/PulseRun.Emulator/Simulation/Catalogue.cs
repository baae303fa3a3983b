using System;
using System.Linq;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the GPUs, providers, regions and prices of the emulated market.</summary>
internal static class Catalogue
{
    public const string AutoProvider = "auto";
    public const string AnyRegion = "any";

    /// <summary>The regions of a launch. The regions of instances are more specific.</summary>
    public static readonly string[] LaunchRegions = ["us", "eu", "asia", AnyRegion];

    public static readonly GpuType[] Gpus =
    [
        new("rtx_3090", "NVIDIA RTX 3090", 0.22m),
        new("rtx_4090", "NVIDIA RTX 4090", 0.40m),
        new("rtx_a6000", "NVIDIA RTX A6000", 0.49m),
        new("l40s", "NVIDIA L40S", 0.79m),
        new("a100_40gb", "NVIDIA A100 40GB", 0.72m),
        new("a100_80gb", "NVIDIA A100 80GB", 0.95m),
        new("h100_80gb", "NVIDIA H100 80GB", 2.10m),
        new("h200_141gb", "NVIDIA H200 141GB", 3.10m),
    ];

    public static readonly Provider[] Providers =
    [
        new("vast_ai", 1.00m, HasSpot: true, CanStop: true, HasConsumerGpus: true, ["us-east", "us-west", "eu-central", "asia-southeast"]),
        new("tensordock", 1.08m, HasSpot: true, CanStop: true, HasConsumerGpus: true, ["us-central", "eu-north"]),
        new("runpod", 1.20m, HasSpot: true, CanStop: true, HasConsumerGpus: true, ["us-west", "eu-west", "asia-east"]),
        new("lambda", 1.35m, HasSpot: false, CanStop: false, HasConsumerGpus: false, ["us-south", "eu-central", "asia-northeast"]),
    ];

    private const decimal SpotFactor = 0.55m;

    public static GpuType? FindGpu(string slug) => Gpus.FirstOrDefault(gpu => gpu.Slug == slug);

    public static Provider? FindProvider(string? slug) => Providers.FirstOrDefault(provider => provider.Slug == slug);

    /// <summary>Returns the cheapest offer for a launch; null when there is none.</summary>
    public static Offer? Cheapest(GpuType gpu, string provider, string region, bool spot) => Providers
        .Where(candidate => provider == AutoProvider || candidate.Slug == provider)
        .Select(candidate => Find(gpu, candidate, region, spot))
        .Where(offer => offer is not null)
        .OrderBy(offer => offer!.CostPerHour)
        .FirstOrDefault();

    private static Offer? Find(GpuType gpu, Provider provider, string region, bool spot)
    {
        bool rents = provider.HasConsumerGpus || !gpu.Slug.StartsWith("rtx_", StringComparison.Ordinal);
        string? where = provider.Regions.FirstOrDefault(place => region == AnyRegion || place.StartsWith(region + "-", StringComparison.Ordinal));
        if (!rents || where is null || (spot && !provider.HasSpot))
            return null;
        decimal price = gpu.BasePrice * provider.PriceFactor * (spot ? SpotFactor : 1);
        return new Offer(gpu, provider, where, spot, Math.Round(price, 2));
    }
}

/// <param name="Slug">The slug in the API.</param>
/// <param name="Name">The display name.</param>
/// <param name="BasePrice">The price at the cheapest provider, in dollars per hour.</param>
internal sealed record GpuType(string Slug, string Name, decimal BasePrice);

internal sealed record Offer(GpuType Gpu, Provider Provider, string Region, bool Spot, decimal CostPerHour);

/// <param name="Slug">The slug in the API.</param>
/// <param name="PriceFactor">The factor by which the base price is multiplied.</param>
/// <param name="HasSpot">True when the provider has spot instances.</param>
/// <param name="CanStop">True when its instances can be stopped; otherwise they can only be terminated.</param>
/// <param name="HasConsumerGpus">True when the provider rents GeForce cards.</param>
/// <param name="Regions">Its regions, the preferred one first.</param>
internal sealed record Provider(string Slug, decimal PriceFactor, bool HasSpot, bool CanStop, bool HasConsumerGpus, string[] Regions);
