using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Invoke-PRCleanup: removals, the second look before each act, and a store that cannot be relied on.</summary>
public class InvokeCleanupSafetyTests : IdleTests
{
    private const string RemoveCommand = CleanupCommand + " -RemoveStoppedAfter 01:00:00";

    /// <summary>Starts with inst_0 busy, inst_1 seen as stopped for 40 minutes, and inst_2 just stopped.</summary>
    private void StartWithStopped()
    {
        StartIdleEmulator(3, (0, "busy"));
        Emulator.SetStatus("inst_1", "stopped");
        Run(CleanupCommand);
        WatchFleet(40);
        Emulator.SetStatus("inst_2", "stopped");
    }

    /// <summary>Starts with one instance that was seen as stopped for more than an hour.</summary>
    private void StartWithOneStopped()
    {
        StartIdleEmulator(1);
        Emulator.SetStatus("inst_0", "stopped");
        WatchFleet(72);
    }

    [Fact]
    public void Instances_that_the_history_shows_as_stopped_long_enough_are_removed_for_2_requests_each()
    {
        StartWithStopped();
        Run(CleanupCommand);
        WatchFleet(40);
        Outcome done = Do(RemoveCommand);
        Assert.Equal(["inst_0 Skipped Active", "inst_1 Removed StoppedLong", "inst_2 Skipped StoppedRecently"], Text(done));
        CleanupAction removed = done.As<CleanupAction>()[1];
        Assert.Equal((0m, "terminated"), (removed.SavedPerHour, removed.Status));
        Assert.Equal(["GET /v1/instances", "GET /v1/instances/inst_0/metrics", "GET /v1/instances/inst_1", "DELETE /v1/instances/inst_1"], Sent);
    }

    [Fact]
    public void An_instance_that_was_started_and_stopped_again_in_between_is_not_removed()
    {
        StartWithStopped();
        Do("Start-PRInstance inst_1");
        Emulator.SetStatus("inst_1", "stopped");
        WatchFleet(40);
        Assert.Equal("inst_1 Skipped StoppedRecently", Text(Run(CleanupCommand + " -RemoveStoppedAfter 00:30:00"))[1]);
    }

    [Fact]
    public void An_instance_that_is_started_between_verdict_and_removal_is_not_removed()
    {
        StartWithStopped();
        WatchFleet(40);
        // The list shows the instance as stopped, and the second look shows it as starting.
        Emulator.SetStatus("inst_1", "stopped");
        Fail(new() { Kind = EmulatorFaultKind.UnknownStatus, Path = "*/instances/inst_1", Text = "starting" });
        Outcome done = Do(RemoveCommand);
        Assert.Equal("inst_1 Skipped NoLongerStopped", Text(done)[1]);
        Assert.Single(done.Warnings);
        Assert.Empty(Acts);
    }

    [Fact]
    public void An_instance_that_is_gone_at_the_second_look_is_done()
    {
        StartWithStopped();
        WatchFleet(40);
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = "*/instances/inst_1", Status = 404 });
        Outcome done = Do(RemoveCommand);
        Assert.Equal("inst_1 Skipped AlreadyDone", Text(done)[1]);
        Assert.Empty(done.Warnings);
    }

    [Fact]
    public void A_protected_instance_is_not_removed()
    {
        StartWithStopped();
        WatchFleet(60);
        Do("Protect-PRInstance -Id inst_1");
        Assert.Equal("inst_1 Skipped Protected", CleanUp("-RemoveStoppedAfter 01:00:00")[1]);
    }

    [Fact]
    public void Force_removes_without_confirmation()
    {
        StartWithStopped();
        WatchFleet(40);
        // The host of this test throws when it is prompted.
        Outcome done = Do(CleanupCommand.Replace(" -Confirm:$false", "", StringComparison.Ordinal) + " -RemoveStoppedAfter 01:00 -Force");
        Assert.Equal(CleanupOutcome.Removed, done.As<CleanupAction>()[1].Action);
        Assert.Empty(Shell.Host.Questions);
    }

    [Fact]
    public void Two_lists_seven_days_apart_do_not_prove_seven_days()
    {
        StartIdleEmulator(1);
        Emulator.SetStatus("inst_0", "stopped");
        CleanUp();
        Emulator.Advance(TimeSpan.FromDays(7));
        Assert.Equal(["inst_0 Skipped StoppedRecently"], CleanUp("-RemoveStoppedAfter 7.00:00:00"));
        Assert.Empty(Acts);
    }

    [Fact]
    public void A_start_time_that_is_missing_counts_as_a_different_one()
    {
        StartIdleEmulator(1);
        Emulator.SetStatus("inst_0", "stopped");
        WatchFleet(40);
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Path = "*/instances", Names = ["started_at"], Times = 1 });
        WatchFleet(40);
        Assert.Equal(["inst_0 Skipped StoppedRecently"], CleanUp("-RemoveStoppedAfter 01:00:00"));
    }

    [Fact]
    public void The_second_look_is_repeated_when_the_rate_limit_delays_the_stop()
    {
        StartIdleEmulator(1);
        ReadFleet();
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Method = "POST", Path = "*/stop", Times = 1, RetryAfter = 1 });
        Assert.Equal(["inst_0 Stopped Idle"], CleanUp());
        Assert.Equal(
            ["GET /v1/instances", "GET /v1/instances/inst_0/metrics", "GET /v1/instances/inst_0/metrics", "POST /v1/instances/inst_0/stop", "GET /v1/instances/inst_0/metrics", "POST /v1/instances/inst_0/stop"],
            Sent);
    }

    [Fact]
    public void An_instance_that_became_busy_while_the_rate_limit_delayed_its_stop_is_not_stopped()
    {
        StartIdleEmulator(1);
        ReadFleet();
        SetSeries("inst_0", Load(0), Load(0), Load(90));
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Method = "POST", Path = "*/stop", Times = 1, RetryAfter = 1 });
        Assert.Equal(["inst_0 Skipped NoLongerIdle"], CleanUp());
        Assert.Single(Acts);
        Assert.Equal(["inst_0"], RunningIds);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.TooManyRequests, null)]
    [InlineData(EmulatorFaultKind.ServerError, 503)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer, null)]
    public void An_instance_that_was_started_after_a_failed_removal_is_not_removed(EmulatorFaultKind kind, int? status)
    {
        StartWithOneStopped();
        Fail(new() { Kind = kind, Method = "DELETE", Times = 1, RetryAfter = 1, Status = status });
        // The look before the first removal shows the instance stopped; later ones do not.
        Fail(new() { Kind = EmulatorFaultKind.UnknownStatus, Method = "GET", Path = "*/instances/inst_0", Text = "running", Skip = 1 });
        Assert.Equal(["inst_0 Skipped NoLongerStopped"], Text(Run(RemoveCommand)));
        Assert.Single(Acts);
        Assert.Single(Emulator.Instances);
    }

    [Fact]
    public void A_removal_that_succeeded_although_its_response_was_503_is_done()
    {
        StartWithOneStopped();
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "DELETE", Times = 1, Status = 503 });
        Assert.Equal(["inst_0 Removed StoppedLong"], Text(Run(RemoveCommand)));
        Assert.Single(Acts);
    }

    [Fact]
    public void An_act_that_the_rate_limit_delays_for_too_long_is_left_to_the_next_run()
    {
        StartIdleEmulator(1);
        ReadFleet();
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Method = "POST", Path = "*/stop", RetryAfter = 0 });
        Assert.Equal(["inst_0 Skipped LookTooOld"], CleanUp());
        Assert.Equal(["inst_0"], RunningIds);
    }

    [Fact]
    public void An_instance_that_is_protected_during_the_run_is_not_stopped()
    {
        StartIdleEmulator(1);
        ReadFleet();
        Delay("*/metrics", skip: 1);
        using RunningScript running = Start(CleanupCommand);
        WaitUntil(() => CountSent("*metrics") >= 2);
        // The protection is made with another connection to the same fleet.
        ConnectByKey();
        Do("Protect-PRInstance -Id inst_0");
        Emulator.ClearFaults();
        running.Wait();
        CleanupAction action = Assert.Single(running.Output.Cast<CleanupAction>());
        Assert.Equal((CleanupOutcome.Skipped, CleanupReason.Protected), (action.Action, action.Reason));
        Assert.Equal(["inst_0"], RunningIds);
    }

    [Fact]
    public void Without_the_store_it_does_not_act_as_protections_cannot_be_read()
    {
        StartIdleEmulator(2);
        ReadFleet();
        WithoutStore(() =>
        {
            Outcome done = Run(CleanupCommand + " -RemoveStoppedAfter 00:00:01 -MaxUnknownPercent 100");
            CleanupAction[] actions = done.As<CleanupAction>();
            Assert.Equal(2, actions.Length);
            Assert.All(actions, static action => Assert.Equal((CleanupOutcome.Skipped, Verdict.Unknown), (action.Action, action.Verdict)));
            Assert.Single(done.Warnings);
            Assert.Empty(Acts);
        });
    }

    [Fact]
    public void When_new_readings_cannot_be_recorded_it_does_not_act_on_old_ones()
    {
        StartIdleEmulator(1);
        ReadFleet();
        SetSeries("inst_0", Load(90));
        // As on a full disk, the store accepts no readings but returns the existing ones.
        ExecuteInStore("CREATE TRIGGER full BEFORE INSERT ON sample BEGIN SELECT RAISE(ABORT, 'full'); END");
        Outcome done = Run(CleanupCommand + " -MaxUnknownPercent 100");
        CleanupAction action = Assert.Single(done.As<CleanupAction>());
        Assert.Equal((CleanupOutcome.Skipped, Verdict.Unknown), (action.Action, action.Verdict));
        Assert.Single(done.Warnings);
        Assert.Equal(["inst_0"], RunningIds);
    }

    [Fact]
    public void A_damaged_store_prevents_every_act_with_an_error_until_the_damaged_file_is_deleted()
    {
        StartIdleEmulator(2);
        ReadFleet();
        string aside = Path.Combine(DataDirectory, "pulserun.db.corrupt-20260101T000000.000Z");
        File.WriteAllText(aside, "damaged");
        for (int run = 0; run < 2; run++)
        {
            Outcome done = Run(CleanupCommand);
            Assert.Equal(["StoreUnavailable"], done.ErrorIds);
            Assert.Contains(aside, done.Errors[0].Exception.Message);
            Assert.Equal(["inst_0 Skipped StoreUnavailable", "inst_1 Skipped StoreUnavailable"], Text(done));
        }
        Assert.Empty(Acts);
        File.Delete(aside);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Stopped Idle"], CleanUp());
    }
}
