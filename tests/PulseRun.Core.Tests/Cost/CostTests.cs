using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using Xunit;

namespace PulseRun.Core.Tests.Cost;

public class CostTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly Instance[] s_fleet =
    [
        new() { Id = "a", Gpu = "h100", Provider = "vast_ai", Region = "us-east", Template = "pytorch", Status = "running", CostPerHour = 2 },
        new() { Id = "b", Gpu = "H100", Provider = "runpod", Region = "eu-west", Template = "jax", Status = "provisioning", CostPerHour = 3 },
        new() { Id = "c", Gpu = "a100", Provider = "vast_ai", Region = null, Template = "pytorch", Status = "stopped", CostPerHour = 1 },
        new() { Id = "d", Gpu = null, Provider = "vast_ai", Status = "running" },
        new() { Id = "e", Gpu = "t4", Status = "failed", CostPerHour = 9 },
        new() { Id = "f", Gpu = "h100", Status = "running", CostPerHour = -7 },
    ];

    private static Transaction Charge(string? id, decimal? amount, double hoursAgo, string type = "instance_charge") =>
        new() { Type = type, InstanceId = id, Amount = amount, CreatedAt = s_now.AddHours(-hoursAgo) };

    private static readonly Transaction[] s_ledger =
    [
        Charge("a", -1.5m, 1), Charge("a", -4, 13), Charge("a", -100, 24 * 10), Charge("gone", -7, 2), Charge("unknown_id", -0.25m, 2),
        Charge("a", null, 1), Charge(null, 50, 1, "credit_topup"), Charge("a", 2, 1, "refund"), new() { Type = "instance_charge", Amount = -9 },
    ];

    private static readonly Instance[] s_gone = [new() { Id = "gone", Gpu = "a100" }];

    private static readonly StoppedStretch[] s_stops =
    [
        new(s_fleet[2], s_now.AddHours(-10), s_now.AddHours(5)),
        new(s_fleet[2], s_now.AddDays(-30), s_now.AddDays(-9).AddHours(-11)),
        new(s_fleet[3], s_now.AddHours(-10), s_now),
        new(s_fleet[0], s_now.AddHours(-1), s_now.AddHours(-2)),
    ];

    private static string Tell(CostReport report) => FormattableString.Invariant(
        $"{report.Group}: {report.Count}/{report.Unpriced} {report.BurnPerHour} $/h, {report.Today?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}, {report.ThisMonth?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}, {report.SavedByStops:0.##}");

    private static IEnumerable<string> Measure(CostGrouping grouping, bool billing = true) =>
        CostMeter.Measure(s_fleet, s_gone, billing ? s_ledger : null, s_stops, grouping, s_now).Select(Tell);

    [Fact]
    public void Measure_Total_IsOneRow() => Assert.Equal(["total: 4/2 5 $/h, 8.75, 12.75, 11"], Measure(CostGrouping.Total));

    [Fact]
    public void Measure_ByGpu_ReturnsARowForEach() => Assert.Equal(
        [
            "h100: 3/1 5 $/h, 1.5, 5.5, 0",
            "a100: 0/0 0 $/h, 7, 7, 11",
            "t4: 0/0 0 $/h, 0, 0, 0",
            "unknown: 1/1 0 $/h, 0.25, 0.25, 0",
        ],
        Measure(CostGrouping.Gpu));

    [Fact]
    public void Measure_EveryGrouping_AddsUpToTheTotal()
    {
        foreach (var grouping in new[] { CostGrouping.Gpu, CostGrouping.Provider, CostGrouping.Region, CostGrouping.Template })
        {
            var reports = CostMeter.Measure(s_fleet, s_gone, s_ledger, s_stops, grouping, s_now);
            Assert.Equal((4, 5m, 8.75m, 12.75m, 11m), (reports.Sum(r => r.Count), reports.Sum(r => r.BurnPerHour), reports.Sum(r => r.Today!.Value), reports.Sum(r => r.ThisMonth!.Value), reports.Sum(r => r.SavedByStops)));
        }
    }

    [Fact]
    public void Measure_WithoutBilling_LeavesChargesUnknown() => Assert.Equal(["total: 4/2 5 $/h, -, -, 11"], Measure(CostGrouping.Total, billing: false));

    [Fact]
    public void Measure_EmptyFleet_ReturnsOneRowOfZeros() =>
        Assert.Equal(["total: 0/0 0 $/h, 0, 0, 0"], CostMeter.Measure([], [], [], [], CostGrouping.Total, s_now).Select(Tell));

    [Fact]
    public void Measure_Midnight_IsInTheTimeZoneOfTheClock()
    {
        // 01:30 on the 1st in Berlin is still the 28th in UTC.
        var berlin = new DateTimeOffset(2026, 3, 1, 1, 30, 0, TimeSpan.FromHours(1));
        Transaction[] ledger = [new() { Type = "instance_charge", Amount = -1, CreatedAt = new(2026, 2, 28, 23, 10, 0, TimeSpan.Zero) }];
        Assert.Equal(["total: 0/0 0 $/h, 1, 1, 0"], CostMeter.Measure([], [], ledger, [], CostGrouping.Total, berlin).Select(Tell));
        Assert.Equal(["total: 0/0 0 $/h, 1, 1, 0"], CostMeter.Measure([], [], ledger, [], CostGrouping.Total, berlin.AddHours(-1).ToUniversalTime()).Select(Tell));
        Assert.Equal(["total: 0/0 0 $/h, 0, 1, 0"], CostMeter.Measure([], [], ledger, [], CostGrouping.Total, berlin.AddDays(1)).Select(Tell));
    }

    [Theory]
    [InlineData(46.0, 2.0, 23.0)]
    [InlineData(0.0, 2.0, 0.0)]
    [InlineData(-5.0, 2.0, 0.0)]
    [InlineData(46.0, 0.0, null)]
    [InlineData(0.0, 0.0, null)]
    [InlineData(46.0, -1.0, null)]
    [InlineData(1e12, 0.0001, 36500 * 24.0)]
    public void Runway_BalanceAndBurn_GiveHours(double balance, double burn, double? hours) =>
        Assert.Equal(hours, Runway.Of((decimal)balance, (decimal)burn)?.TotalHours);

    [Fact]
    public void IsShort_BelowADay()
    {
        Assert.True(Runway.IsShort(TimeSpan.FromHours(23.9)));
        Assert.False(Runway.IsShort(TimeSpan.FromHours(24)));
        Assert.False(Runway.IsShort(null));
    }

    [Fact]
    public void Models_ToString_IsReadable()
    {
        Assert.Equal("46.01 USD", new AccountBalance { Balance = 46.01m, Currency = "usd" }.ToString());
        Assert.Equal("h100 $2.00/h", new CostReport { Group = "h100", BurnPerHour = 2 }.ToString());
        Assert.Equal("tx_1", new Transaction { Id = "tx_1" }.ToString());
    }
}
