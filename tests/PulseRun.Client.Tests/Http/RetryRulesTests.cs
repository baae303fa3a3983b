using System;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class RetryRulesTests
{
    [Theory]
    [InlineData("Get", "Status", 408, 1, true)]
    [InlineData("Get", "Status", 500, 1, true)]
    [InlineData("List", "Status", 502, 3, true)]
    [InlineData("Metrics", "Status", 503, 2, true)]
    [InlineData("Get", "Status", 504, 3, true)]
    [InlineData("Get", "Status", 504, 4, false)]
    [InlineData("Get", "Status", 501, 1, false)]
    [InlineData("Get", "Status", 400, 1, false)]
    [InlineData("Get", "Status", 401, 1, false)]
    [InlineData("Get", "Status", 404, 1, false)]
    [InlineData("Get", "Status", 429, 1, false)]
    [InlineData("Get", "Cut", null, 3, true)]
    [InlineData("Get", "Unreachable", null, 3, true)]
    [InlineData("Get", "Timeout", null, 1, true)]
    [InlineData("Get", "Timeout", null, 2, false)]
    [InlineData("Get", "Malformed", null, 1, false)]
    [InlineData("Get", "RateLimited", null, 1, false)]
    [InlineData("Get", "Closed", null, 1, false)]
    [InlineData("Stop", "Status", 500, 1, true)]
    [InlineData("Start", "Cut", null, 1, true)]
    [InlineData("Remove", "Status", 503, 3, true)]
    [InlineData("Remove", "Status", 409, 1, false)]
    [InlineData("Launch", "Status", 500, 1, false)]
    [InlineData("Launch", "Status", 503, 1, false)]
    [InlineData("Launch", "Status", 408, 1, false)]
    [InlineData("Launch", "Cut", null, 1, false)]
    [InlineData("Launch", "Timeout", null, 1, false)]
    [InlineData("Launch", "Unreachable", null, 1, true)]
    [InlineData("Launch", "Unreachable", null, 4, false)]
    public void ShouldRetry_DependsOnOperationAndFailure(string operation, string fault, int? status, int attempts, bool expected) =>
        Assert.Equal(expected, RetryRules.ShouldRetry(Rows.Named(operation), Parse<FailureKind>(fault), status, attempts));

    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 0.5, 1)]
    [InlineData(3, 0, 0)]
    [InlineData(20, 1, 20)]
    public void Delay_DoublesUnderFullJitter(int attempts, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryRules.Delay(attempts, random));

    private static T Parse<T>(string name)
        where T : struct => (T)Enum.Parse(typeof(T), name);
}
