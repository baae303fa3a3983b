using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>A launch happens once, whatever happens to its answer. Killed and concurrent processes are in tests/PowerShell/New-PRInstance.Launch.Tests.ps1.</summary>
public class NewInstanceOutcomeTests : CmdletTests
{
    private readonly string[] _before;

    public NewInstanceOutcomeTests()
    {
        StartEmulator();
        _before = Ids;
    }

    private string[] Made => Ids.Except(_before).ToArray();

    /// <summary>Makes the outcome of the next launch unknown, and keeps it unknown, because every list is truncated.</summary>
    private void LoseTheNextLaunch()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Times = 1 });
        Fail(new() { Kind = EmulatorFaultKind.ListCut, Method = "GET", Count = 100 });
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerErrorAfterEffect)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer)]
    [InlineData(EmulatorFaultKind.HalfAnswer)]
    [InlineData(EmulatorFaultKind.EmptyAnswer)]
    [InlineData(EmulatorFaultKind.NotJson)]
    [InlineData(EmulatorFaultKind.Hang)]
    public void An_instance_that_was_launched_despite_the_failure_is_adopted(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind, Method = "POST", AfterEffect = true, Times = 1 });
        Outcome done = Do("$emulator | Connect-PulseRun -TimeoutSec 3; New-PRInstance h100_80gb pytorch -SettleSec 2");
        string id = Assert.Single(done.As<Instance>()).Id;
        Assert.Equal([id], Made);
        AssertLike("*it happened: adopted " + id + ", recognised by gpu, template*", Assert.Single(done.Warnings));
        Assert.Equal(1, CountSent("POST *"));
        Assert.InRange(CountSent("GET /v1/instances"), 1, 3);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerError, "ServerError")]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer, "ConnectionFailed")]
    [InlineData(EmulatorFaultKind.Hang, "RequestTimeout")]
    public void When_nothing_was_launched_the_error_says_that_it_is_safe_to_launch_again(EmulatorFaultKind kind, string id)
    {
        Fail(new() { Kind = kind, Method = "POST", Times = 1 });
        Outcome done = Run("$emulator | Connect-PulseRun -TimeoutSec 3; New-PRInstance h100_80gb pytorch -SettleSec 3");
        Assert.Empty(done.Output);
        Assert.Equal([id], done.ErrorIds);
        AssertLike("*It was not launched; it is safe to launch again.", done.Errors[0].Exception.Message);
        Assert.Equal("h100_80gb", Assert.IsType<LaunchRequest>(done.Errors[0].TargetObject).Gpu);
        Assert.Equal(_before, Ids);
        Assert.Equal(1, CountSent("POST *"));
        Assert.Equal(1, CountSent("GET *"));
    }

    [Fact]
    public void When_the_outcome_is_unknown_the_error_names_the_candidates_and_Resolve_finds_it_later()
    {
        LoseTheNextLaunch();
        Outcome done = Run("New-PRInstance h100_80gb pytorch -SettleSec 1");
        string id = Assert.Single(Made);
        string intent = Assert.Single(Emulator.Requests, static request => request.Method == "POST").IdempotencyKey!;
        Assert.Empty(done.Output);
        Assert.Equal(["LaunchOutcomeUnknown"], done.ErrorIds);
        AssertLike("*It may be " + id + ".*Resolve-PRLaunch " + intent + "*", done.Errors[0].Exception.Message);
        Assert.Contains("Resolve-PRLaunch", done.Errors[0].ErrorDetails.RecommendedAction);
        Emulator.ClearFaults();
        Launch found = Get<Launch>("Resolve-PRLaunch -SettleSec 1");
        Assert.Equal((Guid.Parse(intent), LaunchOutcome.Launched, id), (found.IntentId, found.Outcome, found.InstanceId));
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void Open_launches_are_resolved_before_a_launch_with_one_warning()
    {
        LoseTheNextLaunch();
        Run("New-PRInstance h100_80gb pytorch -SettleSec 1");
        string left = Assert.Single(Made);
        Emulator.ClearFaults();
        Outcome done = Do("New-PRInstance rtx_4090 vllm -SettleSec 1");
        Assert.Equal("rtx_4090", Assert.Single(done.As<Instance>()).Gpu);
        AssertLike("An earlier launch (h100_80gb, pytorch*succeeded: it is instance " + left + ", which is billed.", Assert.Single(done.Warnings));
        Assert.Empty(Do("New-PRInstance rtx_4090 vllm").Warnings);
    }

    [Fact]
    public void A_launch_that_is_stopped_stays_open_and_the_warning_names_the_cmdlet_that_resolves_it()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Method = "POST", AfterEffect = true });
        using (RunningScript running = Start("$emulator | Connect-PulseRun -TimeoutSec 15; New-PRInstance h100_80gb pytorch"))
        {
            WaitUntil(() => Ids.Length == _before.Length + 1);
            running.Stop();
            // A request that reached its time limit would be an error instead of this warning.
            AssertLike("*launch was sent and is not confirmed for h100_80gb, pytorch*Resolve-PRLaunch*", running.WarningText);
        }
        WaitUntil(() => Do("Resolve-PRLaunch -SettleSec 1").As<Launch>() is [{ InstanceId: { } id }] && id == Made[0]);
    }

    [Theory]
    [InlineData("CapacityUnavailable", "ResourceUnavailable")]
    [InlineData("InsufficientBalance", "QuotaExceeded")]
    public void A_rejected_launch_has_an_error_of_its_own_and_the_others_are_launched(string id, string category)
    {
        Fail(id == "CapacityUnavailable"
            ? new() { Kind = EmulatorFaultKind.NoCapacity, Method = "POST", Skip = 1, Times = 1 }
            : new() { Kind = EmulatorFaultKind.ServerError, Method = "POST", Skip = 1, Times = 1, Status = 402, Text = "Insufficient balance." });
        Outcome done = Run("New-PRInstance rtx_4090 pytorch -Count 3 -ThrottleLimit 1");
        Assert.Equal(2, done.As<Instance>().Length);
        Assert.Equal([id], done.ErrorIds);
        Assert.Equal(category, done.Errors[0].CategoryInfo.Category.ToString());
        Assert.Equal(0, CountSent("GET *"));
    }

    [Fact]
    public void Each_row_of_a_plan_is_launched_once_despite_faults()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Skip = 1, Times = 1 });
        Fail(new() { Kind = EmulatorFaultKind.CutBeforeAnswer, Method = "POST", Skip = 3, Times = 1 });
        Outcome done = Run("""
            $emulator | Connect-PulseRun -TimeoutSec 3
            'Gpu,Template,Region,Spot,MaxHourlyCost,Count', 'rtx_4090,pytorch,,true,5,2', 'h100_80gb,vllm,eu,,,', 'a100_80gb,pytorch,,false,,1', 'h100_80gb,pytorch,,,0.5,' |
                ConvertFrom-Csv | New-PRInstance -SettleSec 3 -ThrottleLimit 1
            """);
        Instance[] launched = done.As<Instance>();
        Assert.Equal(["ConnectionFailed", "CostLimitExceeded"], done.ErrorIds);
        Assert.Equal(["rtx_4090", "rtx_4090", "h100_80gb"], launched.Select(static one => one.Gpu));
        // The price of an h100_80gb is known from the row before, so the last row is rejected instead of launched and terminated.
        Assert.Equal(launched.Select(static one => one.Id), Made);
        Assert.DoesNotContain(Emulator.Instances, one => Made.Contains(one.Id) && one.Status == "terminated");
    }

    [Fact]
    public void Wait_waits_for_all_instances_together_until_each_is_ready()
    {
        Emulator.ProvisioningTime = TimeSpan.FromSeconds(3);
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Times = 1 });
        Instance[] ready = GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Count 3 -Wait -SettleSec 1 -WarningAction SilentlyContinue");
        Assert.Equal(["running", "running", "running"], ready.Select(static one => one.Status));
        Assert.All(ready, static one => Assert.NotNull(one.SshCommand));
        Assert.Equal(0, CountSent("GET /v1/instances/*"));
        Assert.InRange(CountSent("GET *"), 1, 7);
    }

    [Theory]
    [InlineData("| Select-Object -First 1")]
    [InlineData("| ForEach-Object { throw 'downstream' }")]
    public void Instances_that_the_end_of_the_pipeline_kept_from_being_written_are_named_and_once_more_later(string downstream)
    {
        Outcome stopped = Run("""
            New-PRInstance rtx_4090 pytorch -Count 3 | ForEach-Object {
                # The first is written once all three are launched, and a list that was sent after that has returned: so their answers have returned too.
                while ($emulator.Instances.Count -lt 9) { Start-Sleep -Milliseconds 10 }
                $null = Get-PRInstance
                $_
            }
            """ + downstream);
        string[] written = stopped.Output.OfType<Instance>().Select(static one => one.Id).ToArray();
        string[] rest = Made.Except(written).ToArray();
        Assert.InRange(rest.Length, 2, 3);
        AssertLike("*Launched and billing, but not written to the pipeline:*", string.Join("\n", stopped.Warnings));

        Outcome done = Do("Resolve-PRLaunch");
        Launch[] named = done.As<Launch>();
        // The call that wrote the one which ended the pipeline never returned, so that one may be named as well.
        Assert.Empty(rest.Except(named.Select(static one => one.InstanceId!)));
        Assert.Equal(LaunchOutcome.Launched, named[0].Outcome);
        Assert.Equal(named.Length, done.Warnings.Count);
        Assert.Contains("launched and billing", done.Warnings[0]);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void Instances_that_a_stopped_command_waited_for_are_named_and_once_more_later()
    {
        Emulator.ProvisioningTime = TimeSpan.FromMinutes(10);
        using (RunningScript running = Start("New-PRInstance rtx_4090 pytorch -Count 2 -Wait"))
        {
            WaitUntil(() => CountSent("GET /v1/instances") >= 1);
            running.Stop();
            Assert.Equal(2, Made.Length);
            Assert.All(Made, id => AssertLike("*Launched and billing*" + id + "*", running.WarningText));
        }
        Emulator.ProvisioningTime = TimeSpan.Zero;
        Outcome done = Do("New-PRInstance rtx_4090 pytorch");
        Assert.Equal(2, done.Warnings.Count);
        Assert.Contains("launched and billing, and no command had written it", done.Warnings[0]);
        Assert.Empty(Do("New-PRInstance rtx_4090 pytorch").Warnings);
    }
}
