using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class MatchScoreTests
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
        Assert.Equal(expected, MatchScore.Region(asked, listed).ToString());

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
        Assert.Equal(expected, MatchScore.Provider(asked, listed).ToString());

    [Theory]
    [InlineData("h100_80gb", "h100_80gb", "Yes")]
    [InlineData("H100_80GB", "h100_80gb", "Yes")]
    [InlineData("h100_80gb", "a100_80gb", "No")]
    [InlineData("h100", "h100_80gb", "Maybe")]
    [InlineData("a100_80gb", "a100-80gb", "Maybe")]
    [InlineData("a100_80gb", "A100-SXM4-80GB", "Maybe")]
    [InlineData("a100_80gb", "NVIDIA A100 80GB", "Maybe")]
    [InlineData("a100_80gb", "a100_40gb", "No")]
    [InlineData("rtx_4090", "rtx4090", "Maybe")]
    [InlineData("rtx_4090", "rtx_3090", "No")]
    [InlineData("pytorch", "pytorch-2.4", "Maybe")]
    [InlineData("pytorch", "jax", "No")]
    [InlineData("h100_80gb", null, "Maybe")]
    [InlineData("h100_80gb", "", "Maybe")]
    public void Slug_Asked_FitsListed(string? asked, string? listed, string expected) =>
        Assert.Equal(expected, MatchScore.Slug(asked, listed).ToString());

    [Fact]
    public void Slug_OfThousandsOfNames_GivesTheSameAnswerAgain()
    {
        // More pairs of names than are kept, each compared twice.
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 2500; i++)
            {
                Assert.Equal(Fit.Maybe, MatchScore.Slug("gpu_" + i, "gpu-" + i));
                Assert.Equal(Fit.No, MatchScore.Slug("gpu_" + i, "other_gpus_" + (i + 1)));
            }
        }
    }

    [Theory]
    [InlineData(null, false, "Yes")]
    [InlineData(null, true, "Maybe")]
    [InlineData(true, true, "Yes")]
    [InlineData(false, true, "Maybe")]
    [InlineData(true, false, "Maybe")]
    [InlineData(true, null, "Maybe")]
    public void Spot_Asked_FitsListed(bool? asked, bool? listed, string expected) =>
        Assert.Equal(expected, MatchScore.Spot(asked, listed).ToString());

    [Theory]
    [InlineData("custom", "ghcr.io/me/x:1", "ghcr.io/me/x:1", "Maybe")]
    [InlineData("custom", "ghcr.io/me/x:1", "custom", "Yes")]
    [InlineData("custom", "ghcr.io/me/x:1", "pytorch", "No")]
    public void Template_OfACustomImage_MayBeTheImage(string template, string image, string listed, string expected) =>
        Assert.Equal(expected, MatchScore.Template(new LaunchRequest { Gpu = "g", Template = template, DockerImage = image }, listed).ToString());

    /// <summary>The request of the launch took 10 s. A time in whole seconds was truncated.</summary>
    [Theory]
    [InlineData(0.0, "Yes")]
    [InlineData(-1.0, "Yes")]
    [InlineData(-2.0, "Maybe")]
    [InlineData(-0.1, "Yes")]
    [InlineData(-0.2, "Maybe")]
    [InlineData(-900.0, "Maybe")]
    [InlineData(-901.0, "No")]
    [InlineData(10.0, "Yes")]
    [InlineData(10.1, "Yes")]
    [InlineData(10.2, "Maybe")]
    [InlineData(11.0, "Maybe")]
    [InlineData(1810.0, "Maybe")]
    [InlineData(1811.0, "No")]
    public void Created_WhileItWasOnItsWay_Fits(double createdAfter, string expected)
    {
        // Equal times in different time zones are equal.
        var created = s_sent.AddSeconds(createdAfter).ToOffset(TimeSpan.FromHours(9));
        Assert.Equal(expected, MatchScore.Created(new CreationWindow(s_sent, s_sent.AddSeconds(10)), created).ToString());
    }

    /// <summary>The API lists no image, key or disk of an instance. A server that does shows whether it is another launch.</summary>
    [Theory]
    [InlineData("docker_image", "ghcr.io/example/train:3", "Yes")]
    [InlineData("docker_image", "ghcr.io/example/train:4", "Maybe")]
    [InlineData("docker_image", null, "Yes")]
    [InlineData("ssh_key_id", "key_abc123", "Yes")]
    [InlineData("ssh_key_id", "key_other", "Maybe")]
    [InlineData("ssh_key_id", "[redacted]", "Yes")]
    [InlineData("disk_size_gb", 100L, "Yes")]
    [InlineData("disk_size_gb", 50L, "Maybe")]
    [InlineData("budget_limit", 7L, "Yes")]
    public void Details_ThatAServerLists_AreCompared(string name, object? value, string expected)
    {
        var request = new LaunchRequest { Gpu = "h100_80gb", Template = "custom", DockerImage = "ghcr.io/example/train:3", SshKeyId = "key_abc123", DiskSizeGb = 100 };
        var listed = new Instance { Id = "a", Gpu = "h100_80gb", Template = "custom", Spot = false, AdditionalProperties = new Dictionary<string, object?> { [name] = value } };
        Assert.Equal(expected, MatchScore.OfKind(request, listed).ToString());
        Assert.Equal(Fit.Yes, MatchScore.OfKind(new LaunchRequest { Gpu = "h100_80gb", Template = "custom" }, listed));
    }

    [Fact]
    public void Created_Never_IsAMaybe() => Assert.Equal(Fit.Maybe, MatchScore.Created(new CreationWindow(s_sent, s_sent), null));

    [Fact]
    public void AreEqual_DefaultsAndAbsence_AreTheSame() =>
        Assert.True(MatchScore.AreEqual(
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
            Assert.False(MatchScore.AreEqual(one, other));
    }
}
