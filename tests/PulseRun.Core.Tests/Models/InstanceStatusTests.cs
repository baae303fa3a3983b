using System.Linq;
using Xunit;

namespace PulseRun.Core.Tests.Models;

public class InstanceStatusTests
{
    [Theory]
    [InlineData("provisioning", true, false)]
    [InlineData("starting", true, false)]
    [InlineData("running", true, false)]
    [InlineData("stopping", true, false)]
    [InlineData("stopped", false, false)]
    [InlineData("STOPPED", false, false)]
    [InlineData("terminating", true, false)]
    [InlineData("terminated", false, true)]
    [InlineData("failed", false, true)]
    [InlineData("error", false, true)]
    [InlineData("Error", false, true)]
    [InlineData("hibernating", true, false)]
    [InlineData("", true, false)]
    [InlineData(null, true, false)]
    public void Status_IsBilledOrFinal(string? status, bool isBurning, bool isFinal)
    {
        Assert.Equal(isBurning, InstanceStatus.IsBurning(status));
        Assert.Equal(isFinal, InstanceStatus.IsFinal(status));
    }

    [Fact]
    public void Known_AreNine() => Assert.Equal(9, InstanceStatus.Known.Distinct().Count());
}
