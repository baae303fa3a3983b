using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Clear-PRHistory.</summary>
public class ClearHistoryTests : CmdletTests
{
    [ServerFact]
    public void It_deletes_what_is_older_and_asks_before()
    {
        Shell.Set("store", PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase()));
        Do("Initialize-PRStore -Store $store");
        StartEmulator(connect: "-Store $store");
        Do("Get-PRIdleInstance -WarningAction SilentlyContinue");
        Assert.Empty(GetAll<StoreCount>("Clear-PRHistory -Before (Get-Date).AddDays(1) -WhatIf"));
        StoreCount count = Get<StoreCount>("Clear-PRHistory -Before (Get-Date).AddDays(1) -Confirm:$false");
        Assert.True(count.Readings > 0);
        Assert.Equal(0, Get<StoreCount>("Clear-PRHistory -Before (Get-Date).AddDays(1) -Confirm:$false").Readings);
    }

    [Fact]
    public void Without_a_store_of_a_team_it_is_refused() => Assert.Equal(["InvalidRequest"], Run("Clear-PRHistory -Before (Get-Date) -Confirm:$false").AllErrorIds());
}
