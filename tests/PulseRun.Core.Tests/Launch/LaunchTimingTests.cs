using System;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class LaunchTimingTests
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(15);

    private static SteadyTime At(double seconds, string boot = "b") => new(boot, TimeSpan.FromSeconds(seconds));

    private static LaunchRecord Sent(double at = 100, double? ended = null, bool isAnswered = false, double timeout = 60) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = new LaunchRequest(),
        RequestedAt = default,
        Sent = At(at),
        Ended = ended is { } end ? At(end) : null,
        IsAnswered = isAnswered,
        RequestTimeout = TimeSpan.FromSeconds(timeout),
        OwnerState = OwnerState.Released,
    };

    [Theory]
    [InlineData(null, false, 75)]
    [InlineData(101.0, false, 75)]
    [InlineData(101.0, true, 16)]
    [InlineData(160.0, false, 75)]
    [InlineData(170.0, false, 85)]
    public void SettledAfter_CountsFromTheLastTimeTheServerMayWorkOnIt(double? ended, bool isAnswered, double expected) =>
        Assert.Equal(expected, LaunchTiming.SettledAfter(Sent(ended: ended, isAnswered: isAnswered), s_settle).TotalSeconds);

    [Theory]
    [InlineData(true, 60, 15, 15)]
    [InlineData(false, 60, 15, 15)]
    [InlineData(false, 60, 60, 119)]
    [InlineData(false, 10, 15, 24)]
    public void Patience_IsTheSettleTime_OrUntilProvenIfNotMuchLonger(bool isAnswered, double timeout, double settle, double expected) =>
        Assert.Equal(expected, LaunchTiming.Patience(Sent(ended: 101, isAnswered: isAnswered, timeout: timeout), TimeSpan.FromSeconds(settle), At(101)).TotalSeconds);

    [Fact]
    public void Age_OfAnotherBoot_CountsFromTheFirstMeeting()
    {
        Assert.Equal(50, LaunchTiming.Age(Sent(), At(150)).TotalSeconds);
        Assert.Equal(0, LaunchTiming.Age(Sent(), At(9000, "other")).TotalSeconds);
        Assert.Equal(1000, LaunchTiming.Age(Sent() with { FirstMet = At(8000, "other") }, At(9000, "other")).TotalSeconds);
    }

    [Fact]
    public void Since_OfALaterReading_IsUnknown() => Assert.Null(At(1).Since(At(2)));
}
