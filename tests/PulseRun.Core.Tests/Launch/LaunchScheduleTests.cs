using System;
using System.Linq;
using PulseRun.Launching;
using Xunit;

namespace PulseRun.Tests.Launching;

public class LaunchScheduleTests
{
    [Theory]
    [InlineData(15, 0, new[] { 1.875, 7.5, 15 })]
    [InlineData(15, -3, new[] { 1.875, 7.5, 15 })]
    [InlineData(15, 5, new[] { 7.5, 15 })]
    [InlineData(15, 8, new[] { 15.0 })]
    [InlineData(15, 15, new[] { 15.0 })]
    [InlineData(15, 86400, new[] { 86400.0 })]
    [InlineData(0, 0, new[] { 0.0 })]
    [InlineData(-1, 0, new[] { 0.0 })]
    [InlineData(1, 0, new[] { 0.125, 0.5, 1 })]
    public void Looks_WithinSettle_EndWithASettledOne(double settle, double elapsed, double[] expected)
    {
        var looks = LaunchSchedule.Looks(TimeSpan.FromSeconds(settle), TimeSpan.FromSeconds(elapsed));
        Assert.Equal(expected, looks.Select(look => look.TotalSeconds));
        Assert.InRange(looks.Count, 1, 3);
        Assert.True(looks[looks.Count - 1] >= TimeSpan.FromSeconds(settle));
    }
}
