using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class SetInstanceTests : CmdletTests
{
    public SetInstanceTests() => StartEmulator();

    [Fact]
    public void It_changes_by_id_by_object_and_by_name_without_a_request()
    {
        Do("$list = Get-PRInstance");
        Emulator.ClearRequests();
        Do("Set-PRInstance $ids[0] -NewName a -Tag @{ owner = 'ann'; x = '1' } -Lifetime 02:00");
        Do("$list[1] | Set-PRInstance -NewName b -ExpiresAt $emulator.UtcNow.AddHours(3) -AtExpiry Remove");
        Do("Set-PRInstance -Name a -Tag @{ team = 'nlp' } -RemoveTag X");
        Do("[pscustomobject]@{ Id = $ids[2] } | Set-PRInstance -Tag @{ all = 'yes' }");
        Do("Set-PRInstance -Name [ab] -Tag @{ both = 'yes' }");
        Assert.Empty(Sent);
        Instance[] now = GetAll<Instance>("Get-PRInstance");
        Assert.Equal(["a", "b", null], now.Take(3).Select(static one => one.Name));
        Assert.Equal(["both=yes; owner=ann; team=nlp", "both=yes", "all=yes"], now.Take(3).Select(static one => one.Tags?.ToString()));
        Assert.Equal([ExpiryAction.Stop, ExpiryAction.Remove, null], now.Take(3).Select(static one => one.AtExpiry));
        Assert.InRange(now[0].ExpiresAt!.Value - Emulator.UtcNow, TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.Equal("", now[2].Left);
        AssertLike("1h*", now[0].Left);
    }

    [Fact]
    public void It_clears_the_name_and_the_end_and_returns_what_it_changed()
    {
        Do("Set-PRInstance $ids[0] -NewName a -Lifetime 02:00");
        Instance now = Get<Instance>("Get-PRInstance -Name a | Set-PRInstance -NewName $null -NoExpiry -PassThru");
        Assert.Equal((null, null, "running"), (now.Name, now.ExpiresAt, now.Status));
        Assert.Equal(Ids[0], Get<Instance>("Set-PRInstance $ids[0] -NewName again -PassThru").Id);
        Assert.Empty(Do("Set-PRInstance $ids[0] -NewName c").Output);
    }

    /// <summary>A command that did nothing would leave the end of the lifetime as it is.</summary>
    [Theory]
    [InlineData("-Lifetime $null")]
    [InlineData("-ExpiresAt $null")]
    public void No_end_is_asked_for_by_NoExpiry_only(string end)
    {
        Outcome done = Run("Set-PRInstance $ids[0] " + end);
        AssertLike("*argument is null*", (done.Ended ?? Assert.Single(done.Errors)).Exception.Message);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Do("Set-PRInstance $ids[0] -NewName a -WhatIf");
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Name a"));
    }

    [Theory]
    [InlineData("-NewName inst_1", "NewName")]
    [InlineData("-NewName 'a*'", "NewName")]
    [InlineData("-Lifetime 00:00:30", "Lifetime")]
    [InlineData("-Lifetime 02:00 -NoExpiry", "Lifetime")]
    [InlineData("-ExpiresAt $emulator.UtcNow.AddYears(2)", "ExpiresAt")]
    [InlineData("-ExpiresAt $emulator.UtcNow.AddMinutes(-2)", "ExpiresAt")]
    [InlineData("-Tag @{ 'a b' = 'x' }", "Tag")]
    [InlineData("-Tag @{ a = 'x' } -RemoveTag A", "RemoveTag")]
    [InlineData("-AtExpiry Remove", "AtExpiry")]
    [InlineData("-NoExpiry -AtExpiry Remove", "AtExpiry")]
    [InlineData("", "NewName")]
    [InlineData("-MoveNoteTo inst_x -NewName y", "MoveNoteTo")]
    public void Bad_input_changes_nothing(string parameters, string field)
    {
        Outcome done = Run("Set-PRInstance $ids[0] " + parameters);
        ErrorRecord error = done.Ended ?? Assert.Single(done.Errors);
        Assert.Equal(("InvalidRequest", field), (Outcome.IdOf(error), ((PulseRunException)error.Exception).Field));
        Assert.All(GetAll<Instance>("Get-PRInstance"), static one => Assert.Null(one.Noted));
    }

    [Fact]
    public void A_name_that_is_taken_is_one_error_with_the_item_as_its_target()
    {
        Do("Set-PRInstance $ids[0] -NewName a");
        Outcome done = Run("$ids[1], $ids[2] | Set-PRInstance -NewName A -PassThru");
        Assert.Equal(["InvalidRequest", "InvalidRequest"], done.ErrorIds);
        Assert.Equal(Ids[1], done.Errors[0].TargetObject);
        Assert.Equal(["InstanceNotFound"], Run("Set-PRInstance -Name nope -NewName x").ErrorIds);
        Assert.Empty(Do("Set-PRInstance -Name nope* -NewName x").Errors);
    }

    [Fact]
    public void A_note_moves_to_the_successor_of_its_instance()
    {
        Do("Set-PRInstance $ids[0] -NewName a -Tag @{ owner = 'ann' } -Lifetime 05:00; Protect-PRInstance $ids[0]");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        Emulator.SetStatus(Ids[0], "terminated");
        Do("Get-PRInstance | Out-Null");
        Instance orphan = Get<Instance>("Get-PRInstance -Orphaned");
        Assert.Equal((Ids[0], "a", "owner=ann", null), (orphan.Id, orphan.Name, orphan.Tags!.ToString(), orphan.Status));
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Orphaned -Name b"));
        Assert.Equal(Ids[1], Get<Instance>("Get-PRInstance -Orphaned | Set-PRInstance -MoveNoteTo $ids[1] -PassThru").Id);
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Orphaned"));
        Instance now = Get<Instance>("Get-PRInstance -Name a");
        Assert.Equal((Ids[1], orphan.ExpiresAt), (now.Id, now.ExpiresAt));
        Assert.Equal([Ids[1]], GetAll<Protection>("Get-PRProtection").Select(static one => one.Id));
        Assert.Equal(["InvalidRequest"], Run("Set-PRInstance $ids[3] -MoveNoteTo $ids[4]").ErrorIds);
    }
}
