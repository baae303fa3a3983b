using System;
using System.Globalization;
using PulseRun.Core.OffHours;
using Xunit;

namespace PulseRun.Core.Tests.OffHours;

public class OffHoursRuleTests
{
    private const string Nights = "Mon-Fri 19:00-07:00 Europe/Berlin; Sat-Sun";

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    private static OffHoursRule Rule(string text)
    {
        OffHoursRule? rule = OffHoursRule.Parse(text, TimeZoneInfo.Utc, out string? problem);
        Assert.Null(problem);
        return rule!;
    }

    // 2026-11-23 is a Monday; Berlin is one hour ahead of UTC in winter.
    [Theory]
    [InlineData("2026-11-23T17:59:59Z", null, null)]
    [InlineData("2026-11-23T18:00:00Z", "2026-11-23T18:00:00Z", "2026-11-24T06:00:00Z")]
    [InlineData("2026-11-24T05:59:59Z", "2026-11-23T18:00:00Z", "2026-11-24T06:00:00Z")]
    [InlineData("2026-11-24T06:00:00Z", null, null)]
    // The night of Friday and the weekend are one period, which ends at midnight: no night of Sunday is named.
    [InlineData("2026-11-27T20:00:00Z", "2026-11-27T18:00:00Z", "2026-11-29T23:00:00Z")]
    [InlineData("2026-11-29T22:59:59Z", "2026-11-27T18:00:00Z", "2026-11-29T23:00:00Z")]
    [InlineData("2026-11-29T23:00:00Z", null, null)]
    public void Nights_and_weekends(string now, string? start, string? end)
    {
        OffHoursPeriod? period = Rule(Nights).At(At(now));
        Assert.Equal(start is null ? null : At(start), period?.Start);
        Assert.Equal(end is null ? null : At(end), period?.End);
    }

    // Berlin changes its clocks at 01:00 UTC on 2026-03-29 (02:00 becomes 03:00) and 2026-10-25 (03:00 becomes 02:00).
    [Theory]
    [InlineData("Sun 02:30-05:00 Europe/Berlin", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z")]
    [InlineData("Sun 02:30-05:00 Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z")]
    [InlineData("Sat 22:00-04:00 Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T02:00:00Z")]
    public void A_change_of_the_clocks_moves_the_ends(string text, string now, string start, string end) =>
        Assert.Equal(new OffHoursPeriod(At(start), At(end)), Rule(text).At(At(now)));

    [Theory]
    [InlineData("Mon", "2026-11-23T23:59:59Z", true)]
    [InlineData("mon-tue 00:00-24:00", "2026-11-24T23:59:59Z", true)]
    [InlineData("Fri-Mon 8:00-9:00", "2026-11-22T08:30:00Z", true)]
    [InlineData("Fri-Mon 8:00-9:00", "2026-11-24T08:30:00Z", false)]
    [InlineData("Sat-Sun;", "2026-11-28T00:00:00Z", true)]
    [InlineData("Mon 22:00-22:00", "2026-11-24T21:59:00Z", true)]
    public void Forms_that_are_read(string text, string now, bool isOff) => Assert.Equal(isOff, Rule(text).At(At(now)) is not null);

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("weekends")]
    [InlineData("Mon-Fri-Sat")]
    [InlineData("Mon 25:00-07:00")]
    [InlineData("Mon 19-07")]
    [InlineData("Mon 19:00-07:00 Mars/Olympus")]
    [InlineData("Mon Europe/Berlin; Tue Asia/Tokyo")]
    [InlineData("Mon 19:00-07:00 20:00-21:00")]
    [InlineData("19:00-07:00")]
    [InlineData("Mon 24:00-07:00")]
    public void Text_that_cannot_be_read_has_a_problem_and_no_rule(string text)
    {
        Assert.Null(OffHoursRule.Parse(text, TimeZoneInfo.Utc, out string? problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Every_minute_of_two_years_lies_in_a_period_exactly_when_its_local_time_is_off()
    {
        OffHoursRule rule = Rule(Nights);
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            DateTimeOffset now = At("2026-01-01T00:00:00Z").AddMinutes(random.Next(2 * 365 * 24 * 60));
            DateTime local = TimeZoneInfo.ConvertTime(now, rule.Zone).DateTime;
            bool isWeekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            bool isNight = local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && local.Hour >= 19;
            bool isMorning = local.AddDays(-1).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && local.Hour < 7;
            OffHoursPeriod? period = rule.At(now);
            Assert.Equal(isWeekend || isNight || isMorning, period is not null);
            Assert.True(period is null || period.Contains(now));
        }
    }

    [Fact]
    public void An_instance_that_was_started_in_the_period_is_not_stopped()
    {
        OffHoursPeriod period = Rule(Nights).At(At("2026-11-23T20:00:00Z"))!;
        Assert.True(period.Stops(At("2026-11-23T17:00:00Z")));
        Assert.False(period.Stops(At("2026-11-23T18:00:00Z")));
        Assert.False(period.Stops(null));
    }

    [Fact]
    public void A_week_without_a_gap_has_a_period()
    {
        DateTimeOffset now = At("2026-11-25T12:00:00Z");
        OffHoursPeriod period = Rule("Mon-Sun").At(now)!;
        Assert.True(period.Contains(now));
    }
}
