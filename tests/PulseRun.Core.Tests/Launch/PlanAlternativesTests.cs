using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class PlanAlternativesTests
{
    private static readonly LaunchRequest s_rest = new() { Template = "pytorch", DiskSizeGb = 80 };

    [Theory]
    [InlineData(new[] { "a", "b" }, "a b")]
    [InlineData(new[] { "a;b", " c " }, "a b c")]
    [InlineData(new[] { "a" }, "a")]
    [InlineData(new string[0], "")]
    [InlineData(null, "")]
    public void Values_MayBeAListOrATextWithSemicolons(string[]? given, string expected) =>
        Assert.Equal(expected, string.Join(" ", PlanAlternatives.Values("Gpu", given)));

    [Theory]
    [InlineData("")]
    [InlineData("a;")]
    [InlineData(";a")]
    [InlineData("a;;b")]
    [InlineData("a; ;b")]
    [InlineData("a;A")]
    public void Values_EmptyOrTwice_AreRefused(string given)
    {
        var error = Assert.Throws<PulseRunException>(() => PlanAlternatives.Values("Region", [given]));
        Assert.Equal((ErrorIds.InvalidRequest, "Region"), (error.ErrorId, error.Field));
    }

    [Fact]
    public void Of_AllOfTheFirstGpuComesBeforeTheNext()
    {
        var all = PlanAlternatives.Of(s_rest, ["h100", "a100"], ["eu", "us"], ["x", "y"], PlanAlternatives.Spots(LaunchMarket.SpotFirst));
        Assert.Equal(
            "h100 eu x True/h100 eu x False/h100 eu y True/h100 eu y False/h100 us x True/h100 us x False/h100 us y True/h100 us y False",
            string.Join("/", all.Take(8).Select(one => one.Gpu + " " + one.Region + " " + one.Provider + " " + one.Spot)));
        Assert.Equal(16, all.Count);
        Assert.All(all.Skip(8), one => Assert.Equal("a100", one.Gpu));
        Assert.All(all, one => Assert.Equal((80, "pytorch"), (one.DiskSizeGb, one.Template)));
        Assert.Equal(16, all.Select(PlanRefusals.NameOf).Distinct().Count());
    }

    [Fact]
    public void Of_WithoutValues_LeavesThemToTheServer()
    {
        var one = Assert.Single(PlanAlternatives.Of(s_rest, ["h100"], [], [], [null]));
        Assert.Null(one.Region);
        Assert.Null(one.Provider);
        Assert.Null(one.Spot);
    }

    [Fact]
    public void Of_NoneAndTooMany_AreRefused()
    {
        Assert.Equal(ErrorIds.InvalidRequest, Assert.Throws<PulseRunException>(() => PlanAlternatives.Of(s_rest, [], [], [], [null])).ErrorId);
        string[] many = Enumerable.Range(0, PlanAlternatives.Most + 1).Select(static n => "g" + n).ToArray();
        Assert.Contains("101", Assert.Throws<PulseRunException>(() => PlanAlternatives.Of(s_rest, many, [], [], [null])).Message);
        Assert.Equal(PlanAlternatives.Most, PlanAlternatives.Of(s_rest, many.Skip(1).ToArray(), [], [], [null]).Count);
    }

    [Fact]
    public void Of_AnImageWithAnotherTemplate_IsRefused() => Assert.Equal(
        "DockerImage",
        Assert.Throws<PulseRunException>(() => PlanAlternatives.Of(new LaunchRequest { Template = "pytorch", DockerImage = "x/y:1" }, ["a", "b"], [], [], [null])).Field);

    [Fact]
    public void Cheapest_KnownPricesComeFirst_EqualOnesKeepTheirOrder()
    {
        var all = PlanAlternatives.Of(s_rest, ["a", "b", "c", "d", "e"], [], [], [null]);
        var ordered = PlanAlternatives.Cheapest(all, one => one.Gpu switch { "b" => 3m, "d" => 1m, "e" => 3m, _ => null });
        Assert.Equal("d b e a c", string.Join(" ", ordered.Select(static one => one.Gpu)));
    }
}
