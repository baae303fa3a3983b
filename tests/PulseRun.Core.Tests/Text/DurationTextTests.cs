using System;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class DurationTextTests
{
    [Theory]
    [InlineData("24h", 86_400)]
    [InlineData("90m", 5_400)]
    [InlineData(" 1D12H ", 129_600)]
    [InlineData("1d1h1m1s", 90_061)]
    [InlineData("0s", 0)]
    public void TryParse_Duration_IsRead(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("24")]
    [InlineData("h")]
    [InlineData("1h1d")]
    [InlineData("1h2h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1w")]
    [InlineData("1h30")]
    [InlineData("99999999999999d")]
    [InlineData("999999999999999999999999h")]
    [InlineData("1.00:00:00")]
    public void TryParse_OtherText_IsNot(string? text) => Assert.False(DurationText.TryParse(text, out _));
}
