using System;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class StartInstanceTests : CmdletTests
{
    public StartInstanceTests()
    {
        StartEmulator();
        AdvanceToMorning();
        Do("$stopped = Get-PRInstance -Status stopped");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_starts_an_object_and_returns_it_as_it_now_is()
    {
        var started = Get<Instance>("$stopped | Start-PRInstance");
        Assert.Equal((Ids[3], "running"), (started.Id, started.Status));
        Assert.Equal([$"POST /v1/instances/{Ids[3]}/start"], Sent);
    }

    [Fact]
    public void It_starts_by_id() => Assert.Equal("running", Get<Instance>("Start-PRInstance $ids[3]").Status);

    [Fact]
    public void It_returns_starting_while_that_takes_its_time()
    {
        Emulator.StartingTime = TimeSpan.FromHours(1);
        Assert.Equal("starting", Get<Instance>("Start-PRInstance $ids[3]").Status);
    }

    [Fact]
    public void An_instance_that_runs_already_is_a_success()
    {
        Outcome done = Do("Start-PRInstance -Id $ids[0] -Verbose");
        Assert.Equal("running", Assert.Single(done.As<Instance>()).Status);
        Assert.Contains("already", string.Join("\n", done.Verbose));
    }

    [Fact]
    public void A_start_without_room_in_a_budget_is_refused_before_it_is_sent()
    {
        Do("Set-PRBudget -PerMonth 0.01 -AtLimit RefuseLaunch -Contact ann@example.org");
        Outcome done = Run("$stopped | Start-PRInstance");
        Assert.Equal(["BudgetExceeded"], done.ErrorIds);
        Assert.Same(Shell.Get("stopped"), done.Errors[0].TargetObject);
        Assert.Contains("no room for the start of " + Ids[3], done.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("ann@example.org", done.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["BudgetExceeded"], Run("Start-PRInstance $ids[3] -WhatIf").ErrorIds);
        Assert.Equal(["GET /v1/instances", "GET /v1/instances"], Sent);
        Do("Set-PRBudget -PerMonth 0.01 -AtLimit Warn");
        done = Do("$stopped | Start-PRInstance");
        Assert.Contains("no room for the start of " + Ids[3], Assert.Single(done.Warnings), StringComparison.Ordinal);
        Assert.Equal("running", Assert.Single(done.As<Instance>()).Status);
    }

    [Fact]
    public void Of_many_starts_of_one_command_only_those_with_room_in_their_budget_are_sent()
    {
        for (int i = 0; i < 4; i++)
            Emulator.AddInstance(new Instance { Id = "inst_team" + i, Gpu = "rtx_4090", Status = "stopped", CostPerHour = 1 });
        Do("1..3 | ForEach-Object { Set-PRInstance \"inst_team$_\" -Tag @{ team = 'nlp' } -Lifetime 01:00 }; Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 2.5 -AtLimit RefuseLaunch");
        Emulator.ClearRequests();
        Outcome done = Run("Start-PRInstance inst_team0, inst_team1, inst_team2, inst_team3");
        Assert.Equal(["inst_team0", "inst_team1", "inst_team2"], Array.ConvertAll(done.As<Instance>(), static one => one.Id));
        Assert.Equal(["BudgetExceeded"], done.ErrorIds);
        Assert.Equal((1, 3), (CountSent("GET /v1/instances"), CountSent("POST *")));
        // An instance that runs is not started again, so it needs no room in a budget.
        Assert.Equal("running", Get<Instance>("Start-PRInstance inst_team2").Status);
    }

    [Fact]
    public void No_capacity_is_an_error_of_its_own_and_not_tried_again()
    {
        Fail(new() { Kind = EmulatorFaultKind.NoCapacity });
        Outcome done = Run("$stopped | Start-PRInstance");
        Assert.Equal(["CapacityUnavailable"], done.ErrorIds);
        Assert.Same(Shell.Get("stopped"), done.Errors[0].TargetObject);
        Assert.Equal([$"POST /v1/instances/{Ids[3]}/start"], Sent);
    }

    [Fact]
    public void No_credit_is_an_error_of_its_own()
    {
        Emulator.SetBalance(0);
        Emulator.SetStatus(Ids[3], "stopped");
        Assert.Equal(["InsufficientBalance"], Run("Start-PRInstance $ids[3]").ErrorIds);
    }

    [Fact]
    public void It_ends_well_when_the_server_fails_after_the_effect()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Path = "*/start", Times = 1 });
        Assert.Equal("running", Get<Instance>("Start-PRInstance -Id $ids[3]").Status);
    }

    [Fact]
    public void WhatIf_does_nothing()
    {
        Assert.Empty(Do("Get-PRInstance | Start-PRInstance -WhatIf").All);
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("'*'")]
    public void An_id_that_is_none_sends_nothing(string id)
    {
        Assert.Equal(["InvalidRequest"], Run("Start-PRInstance -Id " + id).ErrorIds);
        Assert.Empty(Sent);
    }
}
