using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Import-PRHistory.</summary>
public class ImportHistoryTests : CmdletTests
{
    [ServerFact]
    public void It_takes_the_file_of_this_machine_over_once()
    {
        Shell.Set("store", PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase()));
        Do("Initialize-PRStore -Store $store");
        StartEmulator();
        Do("Get-PRIdleInstance -WarningAction SilentlyContinue; Protect-PRInstance $ids[0] -Reason kept; Set-PRInstance $ids[1] -NewName trainer -Tag @{ team = 'nlp' } -Lifetime 02:00 -AtExpiry Remove; New-PRInstance rtx_4090 pytorch -Name fresh -Lifetime 03:00 -Confirm:$false; Get-PRInstance | Out-Null");
        Shell.Set("file", System.IO.Path.Combine(DataDirectory, "pulserun.db"));
        Assert.Empty(GetAll<StoreCount>("Import-PRHistory $file -Store $store -WhatIf"));
        StoreCount count = Get<StoreCount>("Import-PRHistory $file -Store $store");
        Assert.True(count.Readings >= 1);
        Assert.True(count.States >= 6);
        Assert.Equal((1, 1), (count.Launches, count.Protections));
        Assert.Equal((2, 0), (count.Notes, count.NamesTaken));
        Assert.True(count.Prices >= 1);
        StoreCount again = Get<StoreCount>("Import-PRHistory $file -Store $store");
        Assert.Equal((0, 0, 0, 0), (again.Readings, again.States, again.Launches, again.Protections));
        Assert.Equal((0, 0), (again.Notes, again.Prices));
        Do("$emulator | Connect-PulseRun -Store $store");
        Instance trainer = Get<Instance>("Get-PRInstance -Name trainer");
        Assert.Equal((Ids[1], "nlp", ExpiryAction.Remove), (trainer.Id, trainer.Tags!["team"], trainer.AtExpiry));
        Assert.InRange(trainer.ExpiresAt!.Value - Emulator.UtcNow, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        Assert.NotNull(Get<Instance>("Get-PRInstance -Name fresh").LaunchedBy);
        Assert.Equal("kept", Get<Protection>("Get-PRProtection").Reason);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Equal("InvalidRequest", Run("Import-PRHistory nosuch.db -Store 'Host=127.0.0.1'").EndedId);
}
