using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class RemoveInstanceTests : CmdletTests
{
    private readonly Instance[] _instances;

    public RemoveInstanceTests()
    {
        StartEmulator();
        _instances = GetAll<Instance>("Get-PRInstance");
        Shell.Set("instances", _instances);
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_removes_an_object_and_returns_it_as_terminated()
    {
        var removed = Get<Instance>("$instances[0] | Remove-PRInstance -Force");
        Assert.Equal((Ids[0], "terminated", _instances[0].Gpu), (removed.Id, removed.Status, removed.Gpu));
        Assert.Equal("terminated", Emulator.Instances[0].Status);
        Assert.Equal(["DELETE /v1/instances/" + Ids[0]], Sent);
    }

    [Theory]
    [InlineData("-Confirm:$false")]
    [InlineData("-Force")]
    public void One_switch_is_enough_not_to_be_asked(string switches)
    {
        Assert.Equal("terminated", Get<Instance>("Remove-PRInstance $ids[0] " + switches).Status);
        Assert.Empty(Shell.Host.Questions);
    }

    [Theory]
    [InlineData("", "-WhatIf")]
    [InlineData("", "-WhatIf -Force")]
    [InlineData("", "-WhatIf -Confirm:$false")]
    [InlineData("$WhatIfPreference = $true;", "-Confirm:$false")]
    [InlineData("$WhatIfPreference = $true;", "-Force")]
    [InlineData("$WhatIfPreference = $true;", "-Force -Confirm:$false")]
    public void WhatIf_sends_nothing(string before, string switches)
    {
        Assert.Empty(Do($"{before} Get-PRInstance | Remove-PRInstance {switches}").All);
        Assert.Equal(["GET /v1/instances"], Sent);
        Assert.Equal(_instances.Length, Shell.Host.Lines.Count);
    }

    [Fact]
    public void WhatIf_that_is_switched_off_removes_although_the_preference_is_set() =>
        Assert.Equal("terminated", Get<Instance>("$WhatIfPreference = $true; Remove-PRInstance $ids[0] -Force -WhatIf:$false").Status);

    [Fact]
    public void It_asks_by_default_and_no_removes_nothing()
    {
        // The choices are yes, yes to all, no, no to all, and suspend.
        Shell.Host.Answer = 2;
        Assert.Empty(Do("$instances[0] | Remove-PRInstance").Output);
        Assert.Contains(Ids[0], Assert.Single(Shell.Host.Questions));
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_host_that_cannot_ask_is_an_error_that_names_the_switch()
    {
        Outcome done = Run("$instances | Remove-PRInstance");
        Assert.Empty(done.Output);
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Contains("-Force", done.Ended!.ToString());
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("Stop-PRInstance inst_a -Confirm")]
    [InlineData("Start-PRInstance inst_a -Confirm")]
    [InlineData("New-PRInstance rtx_4090 pytorch -Confirm")]
    [InlineData("Remove-PRInstance inst_a -Force -Confirm")]
    public void A_host_that_cannot_ask_fails_Confirm_of_every_verb(string script)
    {
        Outcome done = Run(script);
        Assert.Equal("InvalidRequest", done.EndedId ?? Assert.Single(done.ErrorIds));
        Assert.Contains("-Confirm:$false", (done.Ended ?? done.Errors[0]).ToString());
        Assert.Empty(Sent);
    }

    [Fact]
    public void An_unknown_id_is_an_error_and_the_rest_goes_on()
    {
        Outcome done = Run("'inst_nosuch', $ids[0] | Remove-PRInstance -Force");
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal("inst_nosuch", done.Errors[0].TargetObject);
        Assert.Equal(Ids[0], Assert.Single(done.As<Instance>()).Id);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerErrorAfterEffect)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer)]
    public void It_ends_well_when_the_answer_is_lost_after_the_effect(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind, Method = "DELETE", Times = 1, AfterEffect = true });
        Assert.Equal("terminated", Get<Instance>("$instances[0] | Remove-PRInstance -Force").Status);
    }

    [Theory]
    [InlineData("Remove-PRInstance -Id $null -Force")]
    [InlineData("Remove-PRInstance -Id '' -Force")]
    [InlineData("Remove-PRInstance -Id '*' -Force")]
    [InlineData("Remove-PRInstance -Id '..' -Force")]
    [InlineData("[pscustomobject]@{ Id = '' } | Remove-PRInstance -Force")]
    public void An_id_that_is_none_sends_nothing(string script)
    {
        Assert.Equal(["InvalidRequest"], Run(script).ErrorIds);
        Assert.Empty(Sent);
    }
}
