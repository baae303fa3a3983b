using System;
using System.Collections.Generic;
using PulseRun.Core.Budgets;
using Xunit;

namespace PulseRun.Core.Tests.Budgets;

public class BudgetWindowTests
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("2026-03-28T22:59:59Z", "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", 24)]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23)]
    [InlineData("2026-10-25T12:00:00Z", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25)]
    [InlineData("2026-12-31T23:30:00Z", "2027-01-01T00:00:00+01:00", "2027-01-02T00:00:00+01:00", 24)]
    public void A_day_is_that_of_the_time_zone(string now, string from, string until, int hours)
    {
        BudgetWindow day = BudgetWindow.Of(BudgetPeriod.Day, At(now), s_berlin);
        Assert.Equal(At(from).ToString("o"), day.From.ToString("o"));
        Assert.Equal(At(until).ToString("o"), day.Until.ToString("o"));
        Assert.Equal(hours, (day.Until - day.From).TotalHours);
    }

    [Theory]
    [InlineData("2026-02-28T23:30:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")]
    [InlineData("2026-12-15T00:00:00Z", "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00")]
    [InlineData("2028-02-29T12:00:00Z", "2028-02-01T00:00:00+01:00", "2028-03-01T00:00:00+01:00")]
    public void A_month_is_that_of_the_time_zone(string now, string from, string until)
    {
        BudgetWindow month = BudgetWindow.Of(BudgetPeriod.Month, At(now), s_berlin);
        Assert.Equal(At(from).ToString("o"), month.From.ToString("o"));
        Assert.Equal(At(until).ToString("o"), month.Until.ToString("o"));
    }

    /// <summary>In Beirut the clocks are set forward at midnight, so the day begins at 01:00; in Havana they are set back at 01:00, so 00:00 comes twice.</summary>
    [Fact]
    public void A_day_whose_midnight_does_not_exist_or_comes_twice_has_one_start()
    {
        TimeZoneInfo beirut = TimeZoneInfo.FindSystemTimeZoneById("Asia/Beirut"), havana = TimeZoneInfo.FindSystemTimeZoneById("America/Havana");
        BudgetWindow spring = BudgetWindow.Of(BudgetPeriod.Day, At("2024-03-31T12:00:00Z"), beirut);
        Assert.Equal(At("2024-03-31T01:00:00+03:00"), spring.From);
        Assert.Equal(23, (spring.Until - spring.From).TotalHours);
        BudgetWindow autumn = BudgetWindow.Of(BudgetPeriod.Day, At("2024-11-03T12:00:00Z"), havana);
        Assert.Equal(25, (autumn.Until - autumn.From).TotalHours);
    }

    /// <summary>Days that overlap would count money twice, and a gap would lose it.</summary>
    [Fact]
    public void Every_moment_of_three_years_is_in_the_day_and_the_month_that_follow_on_one_another()
    {
        foreach (string id in new[] { "UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu" })
        {
            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            DateTimeOffset now = At("2024-01-01T00:00:00Z");
            BudgetWindow before = BudgetWindow.Of(BudgetPeriod.Day, now, zone);
            for (; now < At("2027-01-01T00:00:00Z"); now = now.AddMinutes(613))
            {
                foreach (BudgetPeriod period in new[] { BudgetPeriod.Day, BudgetPeriod.Month })
                {
                    BudgetWindow window = BudgetWindow.Of(period, now, zone);
                    Assert.True(window.From <= now && now < window.Until, id + " " + now + " is not in " + window);
                    if (period == BudgetPeriod.Day && window != before)
                    {
                        Assert.Equal(before.Until, window.From);
                        before = window;
                    }
                }
            }
        }
    }

    [Fact]
    public void The_zone_is_shown_with_its_present_offset()
    {
        Assert.Equal("Europe/Berlin (UTC+01:00)", BudgetWindow.NameOf(s_berlin, At("2026-01-01T00:00:00Z")));
        Assert.Equal("Europe/Berlin (UTC+02:00)", BudgetWindow.NameOf(s_berlin, At("2026-07-01T00:00:00Z")));
        Assert.Equal("America/New_York (UTC-05:00)", BudgetWindow.NameOf(TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), At("2026-01-01T00:00:00Z")));
    }
}
