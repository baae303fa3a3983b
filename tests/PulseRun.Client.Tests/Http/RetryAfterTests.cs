using System;
using PulseRun.Client.Http;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class RetryAfterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("42", 42.0)]
    [InlineData(" 42 ", 42.0)]
    [InlineData("0", 0.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("Sun, 01 Mar 2026 12:00:30 GMT", 30.0)]
    [InlineData("Sun, 01 Mar 2026 11:59:00 GMT", 0.0)]
    [InlineData("Tue, 01 Mar 2067 12:00:30 GMT", 315360000.0)]
    [InlineData("Sun, 01 Mar 2099 12:00:00 GMT", 315360000.0)]
    [InlineData("-5", null)]
    [InlineData("99999999999999999999", 315360000.0)]
    [InlineData("86401", 86401.0)]
    [InlineData("100000", 100000.0)]
    [InlineData("0.0001", 0.0001)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("NaN", null)]
    public void Parse_AcceptsEveryForm(string? header, double? seconds) =>
        Assert.Equal(seconds is { } known ? TimeSpan.FromTicks((long)Math.Round(known * TimeSpan.TicksPerSecond)) : null, RetryAfter.Parse(header, s_now));
}
