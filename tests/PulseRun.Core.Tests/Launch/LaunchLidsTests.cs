using System.Linq;
using PulseRun.Launching;
using Xunit;

namespace PulseRun.Tests.Launching;

public class LaunchLidsTests
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
    public void Hourly_Price_KeepsToLid(double? price, double? lid, string expected) =>
        Assert.Equal(expected, LaunchLids.Hourly((decimal?)price, (decimal?)lid).ToString());

    [Theory]
    [InlineData("running:2 running:3", 0, 5.0, 10.0, "Within")]
    [InlineData("running:2 running:3", 0, 5.01, 10.0, "Exceeded")]
    [InlineData("running:2 running:3", 1, 5.0, 10.0, "Exceeded")]
    [InlineData("running:2 stopped:30 failed:9 error:9 terminated:9", 0, 8.0, 10.0, "Within")]
    [InlineData("running:2 provisioning:3 stopping:3 odd:3", 0, 0.0, 10.0, "Exceeded")]
    [InlineData("running:2", 0, null, 10.0, "PriceUnknown")]
    [InlineData("running:10", 0, null, 10.0, "Exceeded")]
    [InlineData("running:2 running:", 0, 1.0, 10.0, "PriceUnknown")]
    [InlineData("running:9.5 running:", 0, 1.0, 10.0, "Exceeded")]
    [InlineData("running:2 stopped:", 0, 1.0, 10.0, "Within")]
    [InlineData("running:2000", 0, 1.0, null, "Within")]
    [InlineData("running:-50 running:9.5", 0, 1.0, 10.0, "Exceeded")]
    public void Fleet_AndOneMore_KeepToLid(string fleet, double onItsWay, double? price, double? lid, string expected)
    {
        var instances = fleet.Split(' ').Select(word => word.Split(':')).Select(parts => new Instance
        {
            Status = parts[0],
            CostPerHour = parts[1].Length == 0 ? null : decimal.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal(expected, LaunchLids.Fleet(instances, (decimal)onItsWay, (decimal?)price, (decimal?)lid).ToString());
    }
}
