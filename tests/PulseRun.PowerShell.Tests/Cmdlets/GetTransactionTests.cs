using System;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetTransactionTests : CmdletTests
{
    public GetTransactionTests()
    {
        StartEmulator();
        Emulator.Advance(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void It_lists_the_ledger_for_one_request()
    {
        Transaction[] ledger = GetAll<Transaction>("Get-PRTransaction");
        Assert.NotEmpty(ledger);
        Assert.All(ledger, one => Assert.Equal(TimeSpan.Zero, one.CreatedAt!.Value.Offset));
        Assert.Equal(["GET /v1/billing/transactions"], Sent);
    }

    [Fact]
    public void It_filters_by_type_time_and_instance()
    {
        Transaction[] charges = GetAll<Transaction>("Get-PRTransaction -Type instance_charge");
        Assert.NotEmpty(charges);
        Assert.All(charges, one => Assert.Equal("instance_charge", one.Type));
        Assert.All(charges, one => Assert.True(one.Amount < 0));
        Shell.Set("id", charges[0].InstanceId);
        Transaction[] own = GetAll<Transaction>("Get-PRTransaction -Id $id");
        Assert.NotEmpty(own);
        Assert.All(own, one => Assert.Equal(charges[0].InstanceId, one.InstanceId));
        Assert.Equal(own.Length, GetAll<Transaction>("Get-PRInstance -Id $id | Get-PRTransaction").Length);
        Assert.Empty(Do("Get-PRTransaction -Since $emulator.UtcNow.AddDays(1)").Output);
    }

    [Fact]
    public void Without_the_permission_it_is_one_error()
    {
        Emulator.AllowBilling = false;
        Outcome done = Run("Get-PRTransaction");
        Assert.Empty(done.Output);
        Assert.Equal(["Forbidden"], done.ErrorIds);
    }

    [Fact]
    public void An_empty_pipeline_sends_nothing()
    {
        Assert.Empty(Do("@() | Get-PRTransaction").All);
        Assert.Empty(Sent);
    }
}
