using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests work on many instances: the order of results and errors, and the number of concurrent requests.</summary>
public class ManyTests : CmdletTests
{
    public ManyTests() => StartEmulator(40);

    private string[] Stoppable => Running.Where(one => one.Provider != "lambda").Select(one => one.Id).ToArray();

    [Fact]
    public void Results_come_in_the_order_of_the_input_although_the_first_is_answered_last()
    {
        string[] ids = Stoppable;
        Fail(new() { Kind = EmulatorFaultKind.Delay, Path = $"*/{ids[0]}/stop", Duration = TimeSpan.FromMilliseconds(400) });
        Fail(new() { Kind = EmulatorFaultKind.Delay, Path = $"*/{ids[5]}/stop", Duration = TimeSpan.FromMilliseconds(200) });
        Shell.Set("ids", ids);
        Assert.Equal(ids, GetAll<Instance>("$ids | Stop-PRInstance -Confirm:$false").Select(one => one.Id));
    }

    [Fact]
    public void Errors_come_at_the_place_of_their_item()
    {
        Shell.Set("ids", Running.Select(one => one.Id).Take(4).ToArray());
        Outcome done = Run("$ids[0], 'inst_nosuch1', $ids[1], 'inst_nosuch2', $ids[2] | Get-PRInstanceMetrics");
        Assert.Equal(
            [Running[0].Id, "inst_nosuch1", Running[1].Id, "inst_nosuch2", Running[2].Id],
            done.All.Select(one => one is ErrorRecord error ? error.TargetObject : ((InstanceMetrics)one!).Id));
    }

    [Fact]
    public void Failures_of_several_kinds_do_not_end_it()
    {
        string[] ids = Stoppable[..20];
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = $"*/{ids[6]}/stop" });
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = $"*/{ids[10]}/stop", Status = 404 });
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{ids[15]}/stop" });
        Shell.Set("ids", ids);
        Outcome done = Run("$emulator | Connect-PulseRun -TimeoutSec 5; $ids | Stop-PRInstance -Confirm:$false");
        string[] bad = [ids[6], ids[10], ids[15]];
        Assert.Equal(ids.Except(bad), done.As<Instance>().Select(one => one.Id));
        Assert.Equal(["ServerError", "InstanceNotFound", "RequestTimeout"], done.ErrorIds);
        Assert.Equal(bad, done.Errors.Select(error => error.TargetObject));
        Assert.Null(done.Ended);
    }

    [Fact]
    public void An_instance_is_acted_on_once_however_it_is_named()
    {
        Do("$one = Get-PRInstance -Status running | Select-Object -First 1");
        Emulator.ClearRequests();
        Instance stopped = Get<Instance>("$one, $one.Id, $one | Stop-PRInstance -Confirm:$false");
        Assert.Equal([$"POST /v1/instances/{stopped.Id}/stop"], Sent);
    }

    [Fact]
    public void It_works_on_as_many_at_once_as_ThrottleLimit_says()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = "*/stop" });
        using RunningScript stopping = Start("Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false -ThrottleLimit 3");
        WaitUntil(() => CountSent("*/stop") >= 3);
        // After another list has completed, any request beyond the limit of three would have been sent.
        Do("Get-PRInstance");
        Assert.Equal(3, CountSent("*/stop"));
    }

    [Fact]
    public void Sixteen_requests_run_at_once_by_default()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = "*/metrics" });
        using RunningScript reading = Start("'" + string.Join("', '", Running.Take(30).Select(one => one.Id)) + "' | Get-PRInstanceMetrics");
        WaitUntil(() => CountSent("*/metrics") >= 16);
        // After a list has completed, any request beyond the limit would have been sent.
        Do("Get-PRInstance");
        Assert.Equal(16, CountSent("*/metrics"));
    }

    [Fact]
    public void The_first_result_comes_while_the_rest_is_still_worked_on()
    {
        string[] ids = Running.Select(one => one.Id).ToArray();
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{ids[^1]}/metrics" });
        Shell.Set("ids", ids);
        // This would not end if the first result waited for the others.
        Assert.Equal(ids[0], Get<InstanceMetrics>("$ids | Get-PRInstanceMetrics -ErrorAction SilentlyContinue | Select-Object -First 1").Id);
    }
}
