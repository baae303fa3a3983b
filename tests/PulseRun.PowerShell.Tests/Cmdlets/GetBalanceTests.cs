using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetBalanceTests : CmdletTests
{
    public GetBalanceTests() => StartEmulator();

    [Fact]
    public void It_has_the_balance_the_burn_rate_and_the_runway_for_two_requests()
    {
        Emulator.SetBalance(1000);
        var balance = Get<AccountBalance>("Get-PRBalance");
        decimal burn = Running.Sum(one => one.CostPerHour!.Value);
        Assert.Equal("usd", balance.Currency);
        Assert.Equal(burn, balance.BurnPerHour);
        Assert.Equal((double)(balance.Balance / burn)!, balance.Runway!.Value.TotalHours, 0.01);
        Assert.Equal(["GET /v1/billing/balance", "GET /v1/instances"], Sent);
    }

    [Fact]
    public void It_warns_when_less_than_a_day_is_left()
    {
        Emulator.SetBalance(5);
        Outcome done = Do("Get-PRBalance");
        Assert.Single(done.Output);
        AssertLike("*terminated, disks included*", Assert.Single(done.Warnings));
    }

    [Fact]
    public void There_is_no_runway_when_nothing_costs()
    {
        foreach (string id in Ids)
            Emulator.SetStatus(id, "stopped");
        Outcome done = Do("Get-PRBalance");
        AccountBalance balance = Assert.Single(done.As<AccountBalance>());
        Assert.Null(balance.Runway);
        Assert.Equal(0, balance.BurnPerHour);
        Assert.Empty(done.Warnings);
    }

    [Fact]
    public void Without_the_permission_it_is_one_error_and_the_connection_stays_usable()
    {
        Emulator.AllowBilling = false;
        Outcome done = Run("Get-PRBalance");
        Assert.Empty(done.Output);
        Assert.Equal(["Forbidden"], done.ErrorIds);
        Assert.Equal(System.Management.Automation.ErrorCategory.PermissionDenied, done.Errors[0].CategoryInfo.Category);
        Assert.NotEmpty(GetAll<Instance>("Get-PRInstance"));
    }
}
