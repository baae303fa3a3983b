using System.Linq;
using PulseRun.PowerShell.Fleet;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public class InstanceFilterTests
{
    private static readonly Instance[] s_rows =
    [
        new() { Id = "a", Gpu = "h100_80gb", Region = "us-east", Provider = "vast_ai", Template = "pytorch", Status = "running", Spot = true },
        new() { Id = "b", Gpu = "H100_80GB", Region = "us-west", Provider = "runpod", Template = "jax", Status = "stopped", Spot = false },
        new() { Id = "c", Gpu = null, Region = "eu-west", Provider = "vast_ai", Template = "pytorch", Status = "running", Spot = null },
    ];

    private static string Passing(InstanceFilter filter) => string.Concat(filter.Apply(s_rows).Select(static one => one.Id));

    [Theory]
    [InlineData(null, "abc")]
    [InlineData("h100_80gb", "ab")]
    [InlineData("h100*", "ab")]
    [InlineData("t4 h100_80gb", "ab")]
    [InlineData("t4", "")]
    [InlineData("*", "ab")] // an unknown type matches no pattern
    [InlineData("[ht]*", "ab")]
    public void A_part_passes_what_one_of_its_patterns_matches(string? patterns, string expected)
    {
        InstanceFilter filter = new InstanceFilter().WithKind(patterns?.Split(' '), null, null, null);
        Assert.Equal(patterns is null, filter.IsEmpty);
        Assert.Equal(expected, Passing(filter));
    }

    [Fact]
    public void A_broken_pattern_is_refused_before_anything_is_asked_for()
    {
        var error = Assert.Throws<PulseRunException>(static () => new InstanceFilter().WithKind(["[h"], null, null, null));
        Assert.Equal(ErrorIds.InvalidRequest, error.ErrorId);
        Assert.Contains("[h", error.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void All_parts_must_pass() => Assert.Equal("a", Passing(new InstanceFilter().WithKind(["h100*"], ["us-*"], ["vast_ai"], ["pytorch"]).With(static one => one.Status, ["running"])));

    [Theory]
    [InlineData(null, "abc")]
    [InlineData(true, "a")]
    [InlineData(false, "bc")] // unknown is not spot
    public void The_spot_part(bool? spot, string expected) => Assert.Equal(expected, Passing(new InstanceFilter().WithSpot(spot)));
}
