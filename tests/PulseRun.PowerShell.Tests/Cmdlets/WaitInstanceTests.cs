using System;
using System.Diagnostics;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Wait-PRInstance, and the switch -Wait of the cmdlets that change instances.</summary>
public class WaitInstanceTests : CmdletTests
{
    public WaitInstanceTests()
    {
        StartEmulator(0);
        for (int i = 0; i < 3; i++)
            Emulator.AddInstance(new Instance());
        Shell.Set("ids", Ids);
        Shell.Set("made", Emulator.Instances.ToArray());
    }

    private void SetAll(string status)
    {
        foreach (string id in Ids)
            Emulator.SetStatus(id, status);
    }

    [Theory]
    [InlineData("Ready", "running")]
    [InlineData("Running", "running")]
    [InlineData("Stopped", "stopped")]
    [InlineData("Terminated", "terminated")]
    public void What_is_there_already_comes_at_once_with_one_list(string goal, string status)
    {
        SetAll(status);
        Instance[] done = GetAll<Instance>($"$ids | Wait-PRInstance -For {goal} -TimeoutSec 60");
        Assert.Equal(Ids.Order(), done.Select(one => one.Id).Order());
        Assert.All(done, one => Assert.Equal(status, one.Status));
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Fact]
    public void Ready_needs_an_address_and_an_ssh_command_and_Running_does_not()
    {
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Names = ["ip", "ssh_command"] });
        Assert.Equal(Ids[0], Get<Instance>("Wait-PRInstance $ids[0] -For Running -TimeoutSec 60").Id);
        Outcome done = Run("Wait-PRInstance $ids[0] -TimeoutSec 0");
        Assert.Equal(["WaitTimeout"], done.ErrorIds);
        Assert.Contains("it is running without an address", done.Errors[0].ToString());
    }

    [Fact]
    public void One_list_each_time_serves_all_of_them()
    {
        Emulator.ProvisioningTime = TimeSpan.FromHours(1);
        string[] ids = GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Count 5 -Confirm:$false").Select(static one => one.Id).ToArray();
        Emulator.ClearRequests();
        using RunningScript waiting = Start("'" + string.Join("', '", ids) + "' | Wait-PRInstance -PollSeconds 1 -TimeoutSec 60");
        WaitUntil(() => CountAnswered("GET *") >= 2);
        Emulator.Advance(TimeSpan.FromHours(1));
        int before = Sent.Length;
        Assert.Equal(ids.Order(), waiting.Wait().Output.Cast<Instance>().Where(static one => one.Status == "running").Select(static one => one.Id).Order());
        Assert.All(Sent, line => Assert.Equal("GET /v1/instances", line));
        // The first list that was sent after the hour serves all.
        Assert.InRange(Sent.Length, before, before + 1);
    }

    [Fact]
    public void One_that_failed_ends_its_own_wait_at_once()
    {
        Emulator.SetStatus(Ids[0], "failed");
        Emulator.SetStatus(Ids[1], "stopped");
        Outcome done = Run("$made | Wait-PRInstance -For Stopped -TimeoutSec 5 -PollSeconds 1");
        Assert.Equal([Ids[1]], done.As<Instance>().Select(one => one.Id));
        Assert.Equal(["TerminalState", "WaitTimeout"], done.ErrorIds);
        Assert.Equal(Ids[0], Assert.IsType<Instance>(done.Errors[0].TargetObject).Id);
        AssertLike($"Instance {Ids[0]} is failed and cannot become stopped any more. Waited ? s*", done.Errors[0].ToString());
        AssertLike($"Instance {Ids[2]} is not stopped after * s: it is running. Waited * s for stopped; last change after * s, last state running.", done.Errors[1].ToString());
        Assert.Equal(["InvalidResult", "OperationTimeout"], done.Errors.Select(error => error.CategoryInfo.Category.ToString()));
    }

    [Fact]
    public void One_that_vanished_is_terminated_or_hopeless()
    {
        using RunningScript waiting = Start($"Wait-PRInstance {Ids[0]} -For Stopped -PollSeconds 1 -TimeoutSec 60");
        WaitUntil(() => CountAnswered("GET *") >= 1);
        Emulator.SetStatus(Ids[0], "terminated");
        string id = Ids[0];
        // Two hours after the end an instance is no longer listed.
        Emulator.Advance(TimeSpan.FromHours(2));
        AssertLike($"*{id}*cannot become stopped any more*", waiting.Wait().ErrorText);
        Instance gone = Get<Instance>($"Wait-PRInstance {id} -For Terminated -TimeoutSec 60");
        Assert.Equal((id, "terminated"), (gone.Id, gone.Status));
        Assert.Equal(["WaitTimeout"], Run($"Wait-PRInstance {id} -For Ready -TimeoutSec 0").ErrorIds);
    }

    [Fact]
    public void It_does_not_outlast_its_time_when_the_list_hangs()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Method = "GET" });
        var clock = Stopwatch.StartNew();
        Outcome done = Run("Wait-PRInstance $ids[0] -For Stopped -TimeoutSec 1");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
        Assert.Equal(["WaitTimeout"], done.ErrorIds);
        Assert.Contains("the list did not come in time", done.Errors[0].ToString());
    }

    [Fact]
    public void It_ends_at_once_when_it_is_stopped()
    {
        using RunningScript waiting = Start($"Wait-PRInstance {Ids[0]} -For Stopped");
        WaitUntil(() => CountSent("GET *") >= 1);
        var clock = Stopwatch.StartNew();
        waiting.Stop();
        // It would wait for ten minutes.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("Stop-PRInstance -Wait -Confirm:$false", "running", "stopped")]
    [InlineData("Start-PRInstance -Wait", "stopped", "running")]
    [InlineData("Remove-PRInstance -Wait -Force", "running", "terminated")]
    public void Wait_needs_no_list_when_the_answer_is_the_goal_already(string act, string before, string goal)
    {
        SetAll(before);
        Do("$listed = Get-PRInstance");
        Emulator.ClearRequests();
        Assert.Equal([goal, goal, goal], GetAll<Instance>("$listed | " + act).Select(one => one.Status));
        Assert.Equal(0, CountSent("GET *"));
        Assert.Equal(3, Sent.Length);
    }

    [Fact]
    public void Wait_waits_for_all_of_them_together()
    {
        Emulator.StoppingTime = TimeSpan.FromSeconds(1);
        Emulator.StartingTime = TimeSpan.FromSeconds(1);
        Do("$listed = Get-PRInstance");
        Emulator.ClearRequests();
        Assert.Equal(["stopped", "stopped", "stopped"], GetAll<Instance>("$listed | Stop-PRInstance -Wait -Confirm:$false").Select(one => one.Status));
        Assert.InRange(CountSent("GET /v1/instances"), 1, 2);
        Instance[] started = GetAll<Instance>("$listed | Start-PRInstance -Wait");
        Assert.Equal(3, started.Length);
        Assert.All(started, one => Assert.NotNull(one.SshCommand));
        Assert.InRange(CountSent("GET /v1/instances"), 2, 4);
    }

    [Fact]
    public void One_that_fails_on_its_way_is_an_error_and_the_others_come()
    {
        Emulator.StartingTime = TimeSpan.FromHours(1);
        SetAll("stopped");
        using RunningScript starting = Start("Get-PRInstance | Start-PRInstance -Wait -WaitTimeoutSec 60");
        WaitUntil(() => CountAnswered("*/start") == 3);
        Emulator.SetStatus(Ids[1], "error");
        Emulator.Advance(TimeSpan.FromHours(1));
        starting.Wait();
        Assert.Equal(new[] { Ids[0], Ids[2] }.Order(), starting.Output.Cast<Instance>().Select(one => one.Id).Order());
        Assert.Contains(Ids[1] + " is error and cannot become ready any more", starting.ErrorText);
    }

    [Fact]
    public void An_id_that_is_nowhere_ends_after_two_lists_and_one_GET()
    {
        Outcome done = Run("Wait-PRInstance inst_nowhere -TimeoutSec 60 -PollSeconds 1");
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal("inst_nowhere", done.Errors[0].TargetObject);
        Assert.Equal(["GET /v1/instances", "GET /v1/instances", "GET /v1/instances/inst_nowhere"], Sent);
    }

    [Fact]
    public void A_stopped_one_does_not_start_by_itself_and_a_warning_says_what_starts_it()
    {
        Emulator.SetStatus(Ids[0], "stopped");
        Outcome done = Run("Wait-PRInstance $ids[0] -For Running -TimeoutSec 5 -PollSeconds 1");
        Assert.Equal(["WaitTimeout"], done.ErrorIds);
        Assert.Contains("Start-PRInstance " + Ids[0], done.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Contains("Start-PRInstance", Assert.Single(done.Warnings));
    }
}
