using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Import-PRHistory.</summary>
public class ImportHistoryTests : CmdletTests
{
    [ServerFact]
    public void It_takes_the_file_of_this_machine_over_once()
    {
        Shell.Set("store", PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase()));
        Do("Initialize-PRStore -Store $store");
        StartEmulator();
        Do("Get-PRIdleInstance -WarningAction SilentlyContinue; Protect-PRInstance $ids[0] -Reason kept; New-PRInstance rtx_4090 pytorch -Confirm:$false");
        Shell.Set("file", System.IO.Path.Combine(DataDirectory, "pulserun.db"));
        Assert.Empty(GetAll<StoreCount>("Import-PRHistory $file -Store $store -WhatIf"));
        StoreCount count = Get<StoreCount>("Import-PRHistory $file -Store $store");
        Assert.True(count.Readings >= 1);
        Assert.True(count.States >= 6);
        Assert.Equal((1, 1), (count.Launches, count.Protections));
        StoreCount again = Get<StoreCount>("Import-PRHistory $file -Store $store");
        Assert.Equal((0, 0, 0, 0), (again.Readings, again.States, again.Launches, again.Protections));
        Do("$emulator | Connect-PulseRun -Store $store");
        Assert.Equal("kept", Get<Protection>("Get-PRProtection").Reason);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Equal("InvalidRequest", Run("Import-PRHistory nosuch.db -Store 'Host=127.0.0.1'").EndedId);
}
