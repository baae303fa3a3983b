using System;
using PulseRun.Launching;
using Xunit;

namespace PulseRun.Tests.Launching;

public class LaunchFitTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "us-east", "Yes")]
    [InlineData("any", "us-east", "Yes")]
    [InlineData("any", "atlantis-1", "Yes")]
    [InlineData("any", null, "Yes")]
    [InlineData("ANY", "eu", "Yes")]
    [InlineData("us", "us", "Yes")]
    [InlineData("us", "US-East-1", "Yes")]
    [InlineData("us", "us_west", "Yes")]
    [InlineData("us", "us1", "Yes")]
    [InlineData("us", "usa", "Yes")]
    [InlineData("us", "eu-west", "No")]
    [InlineData("us", "asia-east", "No")]
    [InlineData("us", "ap-south-1", "No")]
    [InlineData("us", "australia", "Maybe")]
    [InlineData("us", "ca-central", "Maybe")]
    [InlineData("us", null, "Maybe")]
    [InlineData("us", "", "Maybe")]
    [InlineData("us", "any", "Maybe")]
    [InlineData("eu", "europe-west4", "Yes")]
    [InlineData("eu", "EU-DE", "Yes")]
    [InlineData("eu", "us-east", "No")]
    [InlineData("eu", "eus", "Maybe")]
    [InlineData("eu", "uk-london", "Maybe")]
    [InlineData("asia", "ap-northeast-1", "Yes")]
    [InlineData("asia", "apac", "Yes")]
    [InlineData("asia", "asia", "Yes")]
    [InlineData("asia", "jp-tokyo", "Maybe")]
    [InlineData("us-east", "us-east", "Yes")]
    [InlineData("us-east", "us-west", "Maybe")]
    [InlineData("us-east", "eu-west", "No")]
    [InlineData("mars", "us-east", "Maybe")]
    [InlineData("mars", "mars", "Yes")]
    public void Region_Asked_FitsListed(string? asked, string? listed, string expected) =>
        Assert.Equal(expected, LaunchFit.Region(asked, listed).ToString());

    [Theory]
    [InlineData(null, "vast_ai", "Yes")]
    [InlineData("auto", "vast_ai", "Yes")]
    [InlineData("AUTO", null, "Yes")]
    [InlineData("vast_ai", "vast_ai", "Yes")]
    [InlineData("vast.ai", "Vast AI", "Yes")]
    [InlineData("vast", "vast_ai", "Maybe")]
    [InlineData("vast_ai", "vast", "Maybe")]
    [InlineData("vast_ai", "runpod", "No")]
    [InlineData("vast_ai", null, "Maybe")]
    [InlineData("vast_ai", "auto", "Maybe")]
    public void Provider_Asked_FitsListed(string? asked, string? listed, string expected) =>
        Assert.Equal(expected, LaunchFit.Provider(asked, listed).ToString());

    [Theory]
    [InlineData("h100_80gb", "h100_80gb", "Yes")]
    [InlineData("H100_80GB", "h100_80gb", "Yes")]
    [InlineData("h100_80gb", "a100_80gb", "No")]
    [InlineData("h100", "h100_80gb", "No")]
    [InlineData("h100_80gb", null, "Maybe")]
    [InlineData("h100_80gb", "", "Maybe")]
    public void Slug_Asked_FitsListed(string? asked, string? listed, string expected) =>
        Assert.Equal(expected, LaunchFit.Slug(asked, listed).ToString());

    [Theory]
    [InlineData(null, false, "Yes")]
    [InlineData(null, true, "No")]
    [InlineData(true, true, "Yes")]
    [InlineData(false, true, "No")]
    [InlineData(true, null, "Maybe")]
    public void Spot_Asked_FitsListed(bool? asked, bool? listed, string expected) =>
        Assert.Equal(expected, LaunchFit.Spot(asked, listed).ToString());

    [Theory]
    [InlineData(0.0, 0.0, "Yes")]
    [InlineData(-2.0, 0.0, "Yes")]
    [InlineData(-2.1, 0.0, "No")]
    [InlineData(300.0, 0.0, "Yes")]
    [InlineData(301.0, 0.0, "Maybe")]
    [InlineData(900.0, 0.0, "Maybe")]
    [InlineData(901.0, 0.0, "No")]
    [InlineData(3600.0, 3600.0, "Yes")]
    [InlineData(0.0, 3600.0, "No")]
    [InlineData(-3600.0, -3600.0, "Yes")]
    [InlineData(-3603.0, -3600.0, "No")]
    [InlineData(0.0, null, "Yes")]
    [InlineData(-3.0, null, "Maybe")]
    [InlineData(-900.0, null, "Maybe")]
    [InlineData(-903.0, null, "No")]
    [InlineData(1800.0, null, "Maybe")]
    [InlineData(1801.0, null, "No")]
    public void Created_AfterSending_Fits(double createdAfter, double? skew, string expected)
    {
        // Time zones are only a way of writing.
        var created = s_sent.AddSeconds(createdAfter).ToOffset(TimeSpan.FromHours(9));
        TimeSpan? serverSkew = skew is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Assert.Equal(expected, LaunchFit.Created(s_sent, created, serverSkew).ToString());
    }

    [Fact]
    public void Created_Never_IsADoubt() => Assert.Equal(Fit.Maybe, LaunchFit.Created(s_sent, null, TimeSpan.Zero));

    [Fact]
    public void AreEqual_DefaultsAndAbsence_AreTheSame() =>
        Assert.True(LaunchFit.AreEqual(
            new LaunchRequest { Gpu = "a", Template = "t" },
            new LaunchRequest { Gpu = "A", Template = "T", Region = "any", Provider = "auto", Spot = false, AutoMigrate = false, AutoSpotRecovery = false }));

    [Fact]
    public void AreEqual_AnyOtherField_IsNot()
    {
        var one = new LaunchRequest { Gpu = "a", Template = "custom" };
        foreach (var other in new LaunchRequest[]
        {
            new() { Gpu = "b", Template = "custom" },
            new() { Gpu = "a", Template = "t" },
            new() { Gpu = "a", Template = "custom", DockerImage = "x" },
            new() { Gpu = "a", Template = "custom", DiskSizeGb = 100 },
            new() { Gpu = "a", Template = "custom", Region = "us" },
            new() { Gpu = "a", Template = "custom", Spot = true },
            new() { Gpu = "a", Template = "custom", SshKeyId = "key_1" },
            new() { Gpu = "a", Template = "custom", Provider = "vast_ai" },
            new() { Gpu = "a", Template = "custom", AutoMigrate = true },
            new() { Gpu = "a", Template = "custom", AutoSpotRecovery = true },
            new() { Gpu = "a", Template = "custom", BudgetLimit = 5 },
        })
            Assert.False(LaunchFit.AreEqual(one, other));
    }
}
