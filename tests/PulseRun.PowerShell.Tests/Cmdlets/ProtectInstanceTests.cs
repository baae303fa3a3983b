using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ProtectInstanceTests : IdleTests
{
    public ProtectInstanceTests() => StartIdleEmulator(3);

    [Fact]
    public void It_protects_an_object_sends_nothing_and_returns_the_protection()
    {
        Do("$one = (Get-PRInstance)[0]");
        Emulator.ClearRequests();
        var protection = Get<Protection>("$one | Protect-PRInstance -Reason 'a demo on Friday' -Until $emulator.UtcNow.AddHours(1)");
        Assert.Equal(("inst_0", "a demo on Friday"), (protection.Id, protection.Reason));
        Assert.Equal(TimeSpan.Zero, protection.Until!.Value.Offset);
        Assert.True(protection.Until - protection.CreatedAt > TimeSpan.FromMinutes(59));
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_protects_by_id_several_at_once_and_rows_of_a_CSV_file()
    {
        Assert.Equal(["inst_0", "inst_1"], GetAll<Protection>("Protect-PRInstance inst_0, inst_1").Select(one => one.Id));
        Assert.Equal("inst_2", Get<Protection>("'Id', 'inst_2' | ConvertFrom-Csv | Protect-PRInstance").Id);
        Assert.Equal(3, GetAll<Protection>("Get-PRProtection").Length);
    }

    [Fact]
    public void It_protects_a_verdict()
    {
        ReadFleet();
        Do($"Get-PRIdleInstance {Rule} | Select-Object -First 1 | Protect-PRInstance -Reason x");
        Assert.Equal("inst_0 Skipped Protected", CleanUp()[0]);
    }

    [Fact]
    public void It_ends_by_itself_at_Until()
    {
        Do("Protect-PRInstance inst_0 -Until $emulator.UtcNow.AddMinutes(30)");
        ReadFleet(20);
        Assert.Equal("inst_0 Skipped MaxActions", CleanUp("-MaxActions 0")[0]);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void The_last_call_sets_reason_and_end()
    {
        Do("Protect-PRInstance inst_0 -Reason first -Until $emulator.UtcNow.AddMinutes(30); Protect-PRInstance inst_0 -Reason second");
        var held = Get<Protection>("Get-PRProtection");
        Assert.Equal("second", held.Reason);
        Assert.Null(held.Until);
    }

    [Fact]
    public void An_end_that_is_past_is_refused_for_each()
    {
        Outcome done = Run("Protect-PRInstance inst_0, inst_1 -Until $emulator.UtcNow.AddMinutes(-1)");
        Assert.Empty(done.Output);
        Assert.Equal(["InvalidRequest", "InvalidRequest"], done.ErrorIds);
        Assert.Equal("inst_0", done.Errors[0].TargetObject);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void An_id_that_is_none_is_refused_and_the_rest_is_protected()
    {
        Outcome done = Run("Protect-PRInstance 'inst_*', inst_1");
        Assert.Equal("inst_1", Assert.Single(done.As<Protection>()).Id);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
    }

    [Fact]
    public void WhatIf_protects_nothing()
    {
        Assert.Empty(Do("Protect-PRInstance inst_0 -WhatIf").All);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_an_error()
    {
        WithoutStore(() =>
        {
            Outcome done = Run("Protect-PRInstance inst_0");
            Assert.Empty(done.Output);
            Assert.Equal(["JournalUnavailable"], done.ErrorIds);
        });
    }

    [Fact]
    public void A_protection_is_of_one_account_only()
    {
        Do("Protect-PRInstance inst_0");
        StartIdleEmulator(1);
        Assert.Empty(Do("Get-PRProtection").Output);
        ReadFleet();
        Assert.Equal(["inst_0 Stopped Idle"], CleanUp());
    }
}
