using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using Xunit;

namespace PulseRun.Core.Tests.Cost;

public class StoppedStretchesTests
{
    /// <summary>Hour 24 of the day, the end of the series.</summary>
    private static readonly DateTimeOffset s_now = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    // Each entry is "id state from-to", in hours of the day before now.
    private static List<RecordedState> States(string text) => text.Split(['|'], StringSplitOptions.RemoveEmptyEntries).Select(static one =>
    {
        string[] words = one.Split(' ');
        string[] hours = words[2].Split('-');
        return new RecordedState
        {
            Id = words[0],
            Status = words[1] == "gone" ? null : words[1],
            Since = At(hours[0]),
            LastSeen = At(hours[1]),
            LargestGap = TimeSpan.Zero,
            Gpu = "h100",
            Provider = "vast_ai",
            Region = "us-east",
            Template = "jax",
            Spot = true,
            CostPerHour = 2,
        };
    }).ToList();

    private static DateTimeOffset At(string hour) => s_now.AddHours(int.Parse(hour, CultureInfo.InvariantCulture) - 24);

    private static Instance[] Fleet(string text) => text.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Split('=')).Select(static one => new Instance { Id = one[0], Status = one[1] }).ToArray();

    private static string Tell(StoppedStretch stretch) => FormattableString.Invariant($"{stretch.Instance.Id} {24 - (s_now - stretch.From).TotalHours}-{24 - (s_now - stretch.To).TotalHours}");

    [Theory]
    [InlineData("a stopped 10-20", "a=stopped", "a 10-24")] // still stopped, so up to now
    [InlineData("a stopped 10-20", "a=Stopped", "a 10-24")]
    [InlineData("a stopped 10-20", "a=running", "a 10-20")] // the time of the start was not observed
    [InlineData("a stopped 10-20", "", "a 10-20")]
    [InlineData("a stopped 10-20|a running 20-21", "a=stopped", "a 10-20")] // the new stop has not been recorded yet
    [InlineData("a stopped 2-4|a running 4-6|a stopped 6-8", "a=stopped", "a 2-4|a 6-24")]
    [InlineData("a stopped 2-4|a gone 4-4", "", "a 2-4")]
    [InlineData("a running 2-4", "a=running", "")]
    [InlineData("a STOPPED 2-4|b stopped 3-5", "b=stopped", "a 2-4|b 3-24")]
    [InlineData("", "a=stopped", "")] // never recorded before
    public void Stopped_time_lasts_as_long_as_it_was_observed(string states, string fleet, string expected) =>
        Assert.Equal(expected, string.Join("|", StoppedStretches.Of(Fleet(fleet), States(states), s_now).Select(Tell)));

    [Fact]
    public void The_instance_of_a_state_has_all_that_a_report_groups_by()
    {
        Instance instance = StoppedStretches.InstanceOf(States("a stopped 1-2")[0]);
        Assert.Equal(
            ("a", "stopped", "h100", "vast_ai", "us-east", "jax", true, 2m),
            (instance.Id, instance.Status, instance.Gpu, instance.Provider, instance.Region, instance.Template, instance.Spot, instance.CostPerHour));
    }

    [Theory]
    [InlineData("a=stopped", 28)] // 14 hours at 2 dollars
    [InlineData("a=running", 20)]
    public void A_report_has_the_savings_of_recorded_stops(string fleet, int saved)
    {
        CostReport report = Assert.Single(CostMeter.Measure(Fleet(fleet), States("a stopped 10-20"), [], CostGrouping.Gpu, s_now), static one => one.Group == "h100");
        Assert.Equal(saved, report.SavedByStops);
    }

    [Fact]
    public void A_charge_for_an_instance_that_is_gone_is_in_the_group_it_was_recorded_in()
    {
        Transaction[] ledger = [new() { Type = "instance_charge", InstanceId = "a", Amount = -3, CreatedAt = s_now.AddHours(-1) }];
        CostReport report = Assert.Single(CostMeter.Measure([], States("a running 10-20"), ledger, CostGrouping.Region, s_now.AddMinutes(-1)));
        Assert.Equal(("us-east", 3m), (report.Group, report.Today));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-7)]
    [InlineData(0)]
    public void The_month_begins_in_the_time_zone_of_the_clock(int offset)
    {
        var now = new DateTimeOffset(2026, 3, 31, 23, 59, 0, TimeSpan.FromHours(offset));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(offset)), CostMeter.MonthOf(now));
    }

    [Fact]
    public void A_balance_gets_the_burn_rate_of_the_fleet()
    {
        AccountBalance balance = Runway.Complete(new AccountBalance { Balance = 12, Currency = "usd" }, new Burn(3, 2, 1));
        Assert.Equal((12m, "usd", 3m, 1, TimeSpan.FromHours(4)), (balance.Balance, balance.Currency, balance.BurnPerHour, balance.Unpriced, balance.Runway));
        Assert.Null(Runway.Complete(new AccountBalance { Balance = 12 }, default).Runway);
    }
}
