using System;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Launch;

public sealed class PriceTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    private readonly TempFolder _folder = new();
    private readonly IStore _store;

    public PriceTests()
    {
        _store = _folder.Open();
        _store.Launches.RecordPrices(TempFolder.Account,
        [
            Running("a100_80gb", "vast_ai", "us-east", 0.95m),
            Running("a100_80gb", "runpod", "us-west", 1.10m),
            Running("a100_80gb", "runpod", "eu-west", 1.30m),
            Running("h100_80gb", "runpod", "eu-west", 2.50m, spot: true),
            new Instance { Id = "s", Gpu = "rtx_4090", Status = "stopped", CostPerHour = 0m },
            new Instance { Id = "n", Gpu = "rtx_3090", Status = "running" },
        ], s_noon);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("a100_80gb", null, null, null, 0.95)]
    [InlineData("a100_80gb", "auto", "any", false, 0.95)]
    [InlineData("a100_80gb", "runpod", null, null, 1.10)]
    [InlineData("a100_80gb", "auto", "eu", null, 1.30)]
    [InlineData("a100_80gb", "RunPod", "US", null, 1.10)]
    [InlineData("a100_80gb", null, "asia", null, null)]
    [InlineData("a100_80gb", null, null, true, null)]
    [InlineData("h100_80gb", null, null, true, 2.50)]
    [InlineData("rtx_4090", null, null, null, null)]
    [InlineData("rtx_3090", null, null, null, null)]
    [InlineData("never_seen", null, null, null, null)]
    public void EstimatePrice_IsTheCheapestThatFits(string gpu, string? provider, string? region, bool? spot, double? expected)
    {
        decimal? estimate = _store.Launches.EstimatePrice(TempFolder.Account, new LaunchRequest { Gpu = gpu, Provider = provider, Region = region, Spot = spot });

        Assert.Equal((decimal?)expected, estimate);
    }

    [Fact]
    public void EstimatePrice_PrefersWhatWasSeenLast()
    {
        _store.Launches.RecordPrices(TempFolder.Account, [Running("a100_80gb", "runpod", "us-west", 1.45m)], s_noon.AddHours(1));

        Assert.Equal(1.45m, _store.Launches.EstimatePrice(TempFolder.Account, new LaunchRequest { Gpu = "a100_80gb" }));
        Assert.Null(_store.Launches.EstimatePrice("another account", new LaunchRequest { Gpu = "a100_80gb" }));
    }

    private static Instance Running(string gpu, string provider, string region, decimal cost, bool? spot = null) =>
        new() { Id = gpu + region, Gpu = gpu, Provider = provider, Region = region, CostPerHour = cost, Spot = spot, Status = "running" };
}
