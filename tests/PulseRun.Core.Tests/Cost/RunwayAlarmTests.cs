using System;
using PulseRun.Core.Cost;
using Xunit;

namespace PulseRun.Core.Tests.Cost;

public class RunwayAlarmTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_below = TimeSpan.FromHours(24);

    [Theory]
    [InlineData(null, null, "Reset")]
    [InlineData(100.0, null, "Reset")]
    [InlineData(26.5, 1.0, "Reset")]
    // Just above the limit: neither a new spell nor the end of one.
    [InlineData(25.0, null, "Nothing")]
    [InlineData(25.0, 1.0, "Nothing")]
    [InlineData(24.0, null, "Nothing")]
    [InlineData(23.9, null, "Notify")]
    [InlineData(0.0, null, "Notify")]
    [InlineData(10.0, 1.0, "Nothing")]
    [InlineData(10.0, 23.9, "Nothing")]
    // Once a day, while it stays short.
    [InlineData(10.0, 24.0, "Notify")]
    // The clock was set back: the time of the delivery proves nothing.
    [InlineData(10.0, -1.0, "Notify")]
    public void Of_Runway_NotifiesOnceADay(double? hours, double? deliveredHoursAgo, string act) =>
        Assert.Equal(act, RunwayAlarm.Of(hours is { } left ? TimeSpan.FromHours(left) : null, s_below, s_now - (deliveredHoursAgo is { } ago ? TimeSpan.FromHours(ago) : null), s_now).ToString());
}
