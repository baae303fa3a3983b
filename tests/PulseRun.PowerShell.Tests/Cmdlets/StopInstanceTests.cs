using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class StopInstanceTests : CmdletTests
{
    private readonly Instance[] _instances;

    public StopInstanceTests()
    {
        StartEmulator();
        _instances = GetAll<Instance>("Get-PRInstance");
        Shell.Set("instances", _instances);
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_stops_an_object_and_returns_it_as_it_now_is()
    {
        var stopped = Get<Instance>("$instances[0] | Stop-PRInstance -Confirm:$false");
        Assert.Equal((Ids[0], "stopped", _instances[0].Gpu), (stopped.Id, stopped.Status, stopped.Gpu));
        Assert.Equal("stopped", Emulator.Instances[0].Status);
        Assert.Equal([$"POST /v1/instances/{Ids[0]}/stop"], Sent);
    }

    [Theory]
    [InlineData("Stop-PRInstance -Id $ids[0] -Confirm:$false")]
    [InlineData("Stop-PRInstance $ids[0] -Confirm:$false")]
    [InlineData("Stop-PRInstance -InstanceId $ids[0] -Confirm:$false")]
    [InlineData("Stop-PRInstance -Id $ids[0], $ids[0] -Confirm:$false")]
    public void It_stops_by_id(string script)
    {
        Assert.Equal("stopped", Get<Instance>(script).Status);
        Assert.Equal([$"POST /v1/instances/{Ids[0]}/stop"], Sent);
    }

    [Fact]
    public void An_instance_that_is_stopped_already_is_a_success()
    {
        Outcome done = Do("Stop-PRInstance -Id $ids[3] -Confirm:$false -Verbose");
        Assert.Equal("stopped", Assert.Single(done.As<Instance>()).Status);
        Assert.Contains("already", string.Join("\n", done.Verbose));
    }

    [Fact]
    public void A_provider_that_cannot_stop_is_an_error_and_the_rest_goes_on()
    {
        Outcome done = Run("$instances[4], $instances[5] | Stop-PRInstance -Confirm:$false");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Same(_instances[4], done.Errors[0].TargetObject);
        Assert.Contains("does not support stopping", done.Errors[0].ToString());
        Assert.Equal(Ids[5], Assert.Single(done.As<Instance>()).Id);
    }

    [Fact]
    public void It_ends_well_when_the_server_fails_after_the_effect()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Path = "*/stop", Times = 1 });
        Assert.Equal("stopped", Get<Instance>("Stop-PRInstance -Id $ids[0] -Confirm:$false").Status);
    }

    [Theory]
    [InlineData("inst_a/../b")]
    [InlineData("..")]
    [InlineData("inst_a?x")]
    [InlineData("inst_*")]
    [InlineData("*")]
    [InlineData("a%2fb")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public void An_id_that_is_none_is_refused(string id)
    {
        Shell.Set("id", id);
        Outcome done = Run("Stop-PRInstance -Id $id -Confirm:$false");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal(id, done.Errors[0].TargetObject);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("Stop-PRInstance -Id $null -Confirm:$false")]
    [InlineData("Stop-PRInstance -Id '' -Confirm:$false")]
    [InlineData("Stop-PRInstance -InputObject $null -Confirm:$false")]
    [InlineData("$null | Stop-PRInstance -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Name = 'x' } | Stop-PRInstance -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Id = '' } | Stop-PRInstance -Confirm:$false")]
    [InlineData("Stop-PRInstance -Id $thereIsNoSuchVariable -Confirm:$false")]
    public void Something_empty_is_an_error_and_sends_nothing(string script)
    {
        Outcome done = Run(script);
        Assert.Empty(done.Output);
        Assert.True(done.Errors.Count > 0 || done.Ended is not null);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Without_input_nothing_happens() => Assert.Empty(Run("@() | Stop-PRInstance -Confirm:$false").All);

    [Theory]
    [InlineData("Get-PRInstance | Stop-PRInstance -WhatIf")]
    [InlineData("$WhatIfPreference = $true; Get-PRInstance | Stop-PRInstance -Confirm:$false")]
    public void WhatIf_does_nothing(string script)
    {
        Assert.Empty(Do(script).All);
        Assert.Equal(["GET /v1/instances"], Sent);
        Assert.Equal(_instances.Length, Shell.Host.Lines.Count);
    }

    [Fact]
    public void WhatIf_names_the_target_so_that_a_person_recognises_it()
    {
        Do("$instances[0] | Stop-PRInstance -WhatIf");
        string line = Assert.Single(Shell.Host.Lines);
        Assert.All(new[] { _instances[0].Id, _instances[0].Gpu, _instances[0].Provider, "$0.63/h" }, part => Assert.Contains(part!, line));
    }

    [Fact]
    public void It_does_not_ask_by_default_as_its_impact_is_medium()
    {
        Assert.Equal("stopped", Get<Instance>("Stop-PRInstance -Id $ids[0]").Status);
        Assert.Empty(Shell.Host.Questions);
    }

    [Theory]
    [InlineData(0, "stopped")]
    [InlineData(2, "running")]
    public void Confirm_asks_and_the_answer_counts(int choice, string status)
    {
        // The choices are yes, yes to all, no, no to all, and suspend.
        Shell.Host.Answer = choice;
        Do("$instances[0] | Stop-PRInstance -Confirm");
        Assert.Contains(Ids[0], Assert.Single(Shell.Host.Questions));
        Assert.Equal(status, Emulator.Instances[0].Status);
        Assert.Equal(choice == 0 ? 1 : 0, Sent.Length);
    }

    [Fact]
    public void A_wildcard_for_an_id_is_an_error_that_says_how_to_use_it()
    {
        Outcome done = Run("Stop-PRInstance 'inst_*'");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Contains("Get-PRInstance -Id 'inst_*' | Stop-PRInstance", done.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Where_a_provider_cannot_stop_the_error_says_what_ends_the_bill()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = "*/stop", Status = 400, Text = "Provider 'x' does not support stopping instances.", Times = 1 });
        Outcome done = Run("Stop-PRInstance $ids[0]");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Contains("Remove-PRInstance " + Ids[0], done.Errors[0].ErrorDetails.RecommendedAction);
    }
}
