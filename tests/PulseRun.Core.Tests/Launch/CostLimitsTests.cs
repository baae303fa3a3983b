using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class CostLimitsTests
{
    [Theory]
    [InlineData(2.5, null, "Within")]
    [InlineData(null, null, "Within")]
    [InlineData(2.5, 2.5, "Within")]
    [InlineData(2.51, 2.5, "Exceeded")]
    [InlineData(0.0, 0.0, "Within")]
    [InlineData(0.01, 0.0, "Exceeded")]
    [InlineData(null, 2.5, "PriceUnknown")]
    [InlineData(-1.0, 2.5, "PriceUnknown")]
    public void Hourly_Price_KeepsToLimit(double? price, double? limit, string expected) =>
        Assert.Equal(expected, CostLimits.Hourly((decimal?)price, (decimal?)limit).ToString());
}
