using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class MeasureCostByTagTests : CmdletTests
{
    public MeasureCostByTagTests() => StartEmulator(instances: 0);

    private void Advance(int minutes) => Emulator.Advance(TimeSpan.FromMinutes(minutes));

    private Dictionary<string, decimal> ChargedByOwner(Dictionary<string, string> owners) =>
        GetAll<Transaction>("Get-PRTransaction -Type instance_charge").GroupBy(one => owners[one.InstanceId!]).ToDictionary(static group => group.Key, static group => -group.Sum(static one => one.Amount!.Value));

    /// <summary>Instances are launched, stopped, started and removed by hand, and never listed by a cleanup in between.</summary>
    [Fact]
    public void The_cost_by_tag_is_what_was_charged_within_the_minute()
    {
        var owners = new Dictionary<string, string>();
        var random = new Random(11);
        for (int step = 0; step < 24; step++)
        {
            string owner = step % 3 == 0 ? "ann" : step % 3 == 1 ? "bob" : "unknown";
            string tag = owner == "unknown" ? "" : " -Tag @{ Owner = '" + owner + "' }";
            if (step < 9)
                owners[Get<Instance>("New-PRInstance " + (step % 2 == 0 ? "rtx_4090" : "a100_80gb") + " pytorch" + tag).Id] = owner;
            Advance(random.Next(3, 50));
            Shell.Set("id", owners.Keys.ElementAt(random.Next(owners.Count)));
            switch (step % 4)
            {
                case 1:
                    Do("Get-PRInstance $id -ErrorAction Ignore | Where-Object Status -eq running | Stop-PRInstance -Confirm:$false");
                    break;
                case 2:
                    Do("Get-PRInstance $id -ErrorAction Ignore | Where-Object Status -eq stopped | Start-PRInstance");
                    break;
                case 3 when step > 12:
                    Do("Get-PRInstance $id -ErrorAction Ignore | Where-Object Status -ne terminated | Remove-PRInstance -Force");
                    break;
            }
        }
        Advance(1);
        CostReport[] reports = GetAll<CostReport>("Measure-PRCost -GroupBy Tag:owner -Since ((Get-Date).AddDays(-30))");
        Dictionary<string, decimal> charged = ChargedByOwner(owners);
        Assert.Equal(charged.Keys.Order(), reports.Select(static one => one.Group).Order());
        foreach (CostReport report in reports)
        {
            // Two of an hour's dollars per minute, for each act of each instance.
            Assert.InRange(report.Cost, charged[report.Group] - 0.3m, charged[report.Group] + 0.05m);
            Assert.Equal(charged[report.Group], report.Charged!.Value, 4);
            Assert.Equal(report.Charged - report.Cost, report.Difference);
        }
    }

    [Fact]
    public void Names_and_launchers_are_groups_too_and_a_removed_instance_keeps_its_own()
    {
        Do("New-PRInstance rtx_4090 pytorch -Name one; New-PRInstance rtx_4090 pytorch -Name two");
        Advance(60);
        Do("Get-PRInstance -Name one | Remove-PRInstance -Force");
        Advance(60);
        CostReport[] names = GetAll<CostReport>("Measure-PRCost -GroupBy Name -Since ((Get-Date).AddDays(-1))");
        Assert.Equal(["two", "one"], names.Select(static one => one.Group));
        Assert.Equal([1, 0], names.Select(static one => one.Count));
        Assert.All(names, static one => Assert.InRange(one.Cost, one.Charged!.Value * 0.95m, one.Charged.Value * 1.01m));
        CostReport launcher = Get<CostReport>("Measure-PRCost -GroupBy LaunchedBy -Since ((Get-Date).AddDays(-1))");
        Assert.Equal(Environment.UserName + "@" + Environment.MachineName, launcher.Group);
        Assert.Equal(names.Sum(static one => one.Cost), launcher.Cost, 3);
    }

    [Fact]
    public void Without_the_ledger_the_difference_is_unknown()
    {
        Do("New-PRInstance rtx_4090 pytorch -Tag @{ owner = 'ann' }");
        Advance(30);
        Emulator.AllowBilling = false;
        Outcome outcome = Run("Measure-PRCost -GroupBy Tag:owner");
        Assert.Equal(["Forbidden"], outcome.ErrorIds);
        CostReport report = Assert.Single(outcome.As<CostReport>());
        Assert.True(report.Cost > 0);
        Assert.Null(report.Charged);
        Assert.Null(report.Difference);
    }

    [Theory]
    [InlineData("Tag")]
    [InlineData("Tag:")]
    [InlineData("'Tag:a b'")]
    [InlineData("Colour")]
    [InlineData("7")]
    public void A_group_that_does_not_exist_is_refused(string by) => Assert.NotNull(Run("Measure-PRCost -GroupBy " + by).Ended);

    [Fact]
    public void A_start_in_the_future_or_long_ago_is_refused()
    {
        Assert.Equal("InvalidRequest", Run("Measure-PRCost -Since ((Get-Date).AddDays(1))").EndedId);
        Assert.Equal("InvalidRequest", Run("Measure-PRCost -Since ((Get-Date).AddDays(-100))").EndedId);
        Assert.Empty(Sent);
    }
}
