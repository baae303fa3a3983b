using System;
using PulseRun.Client.RateLimit;
using Xunit;

namespace PulseRun.Client.Tests.RateLimit;

public class PacingTests
{
    private readonly Pacing _pacing = new();

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-5)]
    public void Without_a_pace_nothing_waits(int? pace)
    {
        _pacing.Pace = pace;
        Assert.Null(_pacing.Pace);
        for (int n = 0; n < 1000; n++)
            _pacing.Add(At(0));
        Assert.Equal(TimeSpan.Zero, _pacing.Next(At(0)));
    }

    [Fact]
    public void A_request_beyond_the_pace_waits_until_the_oldest_one_is_a_minute_old()
    {
        _pacing.Pace = 2;
        _pacing.Add(At(0));
        Assert.Equal(TimeSpan.Zero, _pacing.Next(At(0)));
        _pacing.Add(At(10));
        Assert.Equal(At(60.25), _pacing.Next(At(10)));
        Assert.Equal(At(60.25), _pacing.Next(At(60.24)));
        Assert.Equal(TimeSpan.Zero, _pacing.Next(At(60.25)));
        _pacing.Add(At(60.25));
        Assert.Equal(At(70.25), _pacing.Next(At(60.25)));
    }

    [Fact]
    public void A_slower_pace_counts_what_was_sent_at_the_old_one()
    {
        _pacing.Pace = 3;
        for (int n = 0; n < 3; n++)
            _pacing.Add(At(n));
        _pacing.Pace = 1;
        Assert.Equal(At(62.25), _pacing.Next(At(3)));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
