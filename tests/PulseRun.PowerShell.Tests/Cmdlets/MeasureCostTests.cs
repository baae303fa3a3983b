using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class MeasureCostTests : CmdletTests
{
    public MeasureCostTests() => StartEmulator();

    [Fact]
    public void It_adds_up_what_running_instances_cost_for_two_requests()
    {
        var report = Get<CostReport>("Measure-PRCost");
        Assert.Equal(Running.Length, report.Count);
        Assert.Equal(Running.Sum(one => one.CostPerHour), report.BurnPerHour);
        Assert.Equal(["GET /v1/instances", "GET /v1/billing/transactions"], Sent);
    }

    [Theory]
    [InlineData("Gpu")]
    [InlineData("Provider")]
    [InlineData("Region")]
    [InlineData("Template")]
    public void Groups_come_with_the_most_expensive_first_and_add_up_to_the_whole(string by)
    {
        CostReport[] groups = GetAll<CostReport>("Measure-PRCost -GroupBy " + by);
        Shell.Set("all", Emulator.Instances);
        Assert.Equal(GetAll<string>("$all." + by + " | Sort-Object -Unique"), groups.Select(one => one.Group!).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(Get<CostReport>("Measure-PRCost").BurnPerHour, groups.Sum(one => one.BurnPerHour));
        Assert.Equal(groups.Select(one => one.BurnPerHour).OrderDescending(), groups.Select(one => one.BurnPerHour));
    }

    [Fact]
    public void It_has_what_was_charged()
    {
        Emulator.Advance(TimeSpan.FromMinutes(10));
        decimal charged = -GetAll<Transaction>("Get-PRTransaction -Type instance_charge").Sum(one => one.Amount!.Value);
        decimal? month = Get<CostReport>("Measure-PRCost").ThisMonth;
        Assert.True(month > 0);
        // If a month began within these ten minutes, it contains only a part of the charges.
        Assert.True(month <= charged);
    }

    [Fact]
    public void It_has_what_stops_have_saved_as_far_as_this_machine_has_seen_them()
    {
        var running = GetAll<Instance>("Get-PRInstance -Status running")[0];
        Assert.Equal(0, Get<CostReport>("Measure-PRCost").SavedByStops);
        Emulator.SetStatus(running.Id, "stopped");
        Do("Get-PRIdleInstance -NoSample");
        decimal? before = Get<CostReport>("Measure-PRCost").SavedByStops;
        Emulator.Advance(TimeSpan.FromHours(1));
        // If a month begins within this hour, it contains only a part of the savings.
        Assert.True(Get<CostReport>("Measure-PRCost").SavedByStops > before);
    }

    [Fact]
    public void It_goes_on_without_the_ledger_when_the_key_may_not_read_it()
    {
        Emulator.AllowBilling = false;
        Outcome done = Run("Measure-PRCost");
        Assert.Equal(["Forbidden"], done.ErrorIds);
        CostReport report = Assert.Single(done.As<CostReport>());
        Assert.True(report.BurnPerHour > 0);
        Assert.Null(report.Today);
    }
}
