using System;
using PulseRun.Core.Wait;
using Xunit;

namespace PulseRun.Core.Tests.Wait;

public class WaitTextTests
{
    [Theory]
    [InlineData("rate limit, 42 s", 0, "rate limit, 42 s")]
    [InlineData("rate limit, 42 s", 10.9, "rate limit, 32 s")]
    [InlineData("rate limit, 42 s", 100, "rate limit, 0 s")]
    [InlineData("another attempt, 3 s", 1, "another attempt, 2 s")]
    [InlineData("3 to be running", 5, "3 to be running")]
    [InlineData("many s", 5, "many s")]
    [InlineData(" s", 5, " s")]
    [InlineData("7 s", 5, "2 s")]
    public void CountDown_CountsTheSeconds(string reason, double since, string now) => Assert.Equal(now, WaitText.CountDown(reason, TimeSpan.FromSeconds(since)));

    [Theory]
    [InlineData("rate limit, 42 s", true)]
    [InlineData("rate limit, 3 s", true)]
    [InlineData("rate limit, 2 s", false)]
    [InlineData("another attempt, 20 s", false)]
    [InlineData("3 to be running", false)]
    public void Warning_IsForALongWaitOnTheRateLimit(string reason, bool isWarned) => Assert.Equal(isWarned, WaitText.Warning(reason) is not null);
}
