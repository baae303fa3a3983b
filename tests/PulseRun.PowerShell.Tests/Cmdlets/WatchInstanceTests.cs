using System;
using System.Diagnostics;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Watch-PRInstance without a terminal. Redirected output, and what it loads, are in tests/PowerShell.</summary>
public class WatchInstanceTests : IdleTests
{
    public WatchInstanceTests()
    {
        StartIdleEmulator(6, (0, "busy"));
        Emulator.ClearRequests();
    }

    private WatchedInstance[] Watch(string arguments) => GetAll<WatchedInstance>("Watch-PRInstance -PassThru " + arguments);

    [Fact]
    public void It_writes_a_line_for_the_fleet_and_one_for_each_instance_and_ends_after_Refreshes()
    {
        string[] lines = GetAll<string>("Watch-PRInstance -Refreshes 1");
        Assert.Equal(7, lines.Length);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ fleet: 6 instances, 6 billed \$21\.00/h, balance 1000000\.00 USD, runway \S+$", lines[0]);
        Assert.Matches(@"^\S+Z inst_5 running rtx_4090 \$6\.00/h gpu=\d+(\.\d)?% mem=\S+% Unknown \w+( idle=\S+)?$", lines[1]);
        Assert.Matches(@" inst_0 running h100_80gb \$1\.00/h gpu=\d\d\S*% mem=\S+% Active GpuBusy$", lines[6]);
    }

    [Fact]
    public void A_refresh_costs_one_list_one_balance_and_one_reading_for_each_running_instance()
    {
        Emulator.SetStatus("inst_3", "stopped");
        Do("Watch-PRInstance -Refreshes 1");
        Assert.Equal(["GET /v1/instances", "GET /v1/billing/balance"], Sent.Where(static line => !line.EndsWith("/metrics", StringComparison.Ordinal)));
        Assert.Equal(5, CountSent("GET */metrics"));
        Assert.Equal(0, CountSent("*inst_3*"));
    }

    [Fact]
    public void It_stays_within_its_request_budget_and_reads_every_instance_in_turn()
    {
        // With 2 requests per minute there is one list and one other request, which is the balance.
        Do("Watch-PRInstance -Refreshes 1 -RequestBudget 2");
        Assert.Equal(["GET /v1/instances", "GET /v1/billing/balance"], Sent);
        Emulator.ClearRequests();
        // At most half of the requests are lists. The other 5 are the balance and 4 readings.
        WatchedInstance[] first = Watch("-Refreshes 1 -RequestBudget 10 -IntervalSec 10");
        Assert.Equal(4, first.Count(static one => one.SampledAt is not null));
        string[] unread = first.Where(static one => one.SampledAt is null).Select(static one => one.Id).ToArray();
        Emulator.Advance(TimeSpan.FromSeconds(10));
        Emulator.ClearRequests();
        // The readings of the second refresh go to the windows that have begun and owe a reading, those of the third to the instances that were never read.
        Watch("-Refreshes 1 -RequestBudget 10 -IntervalSec 10");
        Assert.Equal(6, Sent.Length);
        Emulator.Advance(TimeSpan.FromSeconds(10));
        WatchedInstance[] third = Watch("-Refreshes 1 -RequestBudget 10 -IntervalSec 10");
        Assert.Equal(6, third.Count(static one => one.SampledAt is not null));
        Assert.All(unread, id => Assert.Equal(1, CountSent("GET */" + id + "/metrics")));
        Assert.Equal(12, Sent.Length);
    }

    [Fact]
    public void It_uses_three_quarters_of_the_limit_of_the_connection()
    {
        Do("$emulator | Connect-PulseRun -RequestsPerMinute 12");
        Emulator.ClearRequests();
        // 5 of the 9 requests of a minute are lists.
        Do("Watch-PRInstance -Refreshes 1");
        Assert.Equal(5, Sent.Length);
    }

    [Fact]
    public void It_refreshes_repeatedly_at_the_interval()
    {
        var clock = Stopwatch.StartNew();
        WatchedInstance[] objects = Watch("-Refreshes 3 -IntervalSec 1 -RequestBudget 1000");
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(2));
        Assert.Equal(18, objects.Length);
        Assert.Equal(3, objects.Select(static one => one.ListedAt).Distinct().Count());
        Assert.Equal(3, CountSent("GET /v1/instances"));
        Assert.Equal(1, CountSent("GET /v1/billing/balance"));
        Assert.Equal(18, CountSent("GET */metrics"));
    }

    [Fact]
    public void It_returns_sorted_objects_that_can_be_piped_to_other_cmdlets()
    {
        ReadFleet(8);
        WatchedInstance[] objects = Watch("-Refreshes 1 -Sort Verdict -OutVariable watched " + Rule);
        Assert.Equal(["inst_5", "inst_4", "inst_3", "inst_2", "inst_1", "inst_0"], objects.Select(static one => one.Id));
        Assert.Equal([.. Enumerable.Repeat(Verdict.Idle, 5), Verdict.Active], objects.Select(static one => one.Verdict));
        Assert.True(objects[5].GpuUtilization > 50);
        Assert.Equal(TimeSpan.Zero, objects[5].SampledAt!.Value.Offset);
        Assert.Equal(["stopped", "stopped"], GetAll<Instance>("$watched | Where-Object Verdict -EQ Idle | Select-Object -First 2 | Stop-PRInstance").Select(static one => one.Status));
    }

    [Fact]
    public void The_line_of_the_fleet_shows_the_idle_instances_and_their_cost()
    {
        ReadFleet(8);
        Assert.EndsWith(", 5 idle $20.00/h", GetAll<string>("Watch-PRInstance -Refreshes 1 " + Rule)[0]);
    }

    [Fact]
    public void Its_readings_and_states_are_recorded_so_that_other_cmdlets_use_them()
    {
        Do("Watch-PRInstance -Refreshes 1");
        Get<InstanceMetrics>("Get-PRInstanceMetrics -Id inst_0 -History");
        Emulator.ClearRequests();
        Assert.Equal(Verdict.Active, GetAll<IdleVerdict>("Get-PRIdleInstance -NoSample -All").Single(static one => one.Id == "inst_0").Verdict);
    }

    [Fact]
    public void A_key_without_the_billing_permission_is_shown_no_balance_and_asked_once()
    {
        Emulator.AllowBilling = false;
        Outcome done = Do("Watch-PRInstance -Refreshes 2 -IntervalSec 1 -RequestBudget 1000");
        Assert.DoesNotMatch("balance|runway", (string)done.Output[0]!);
        Assert.Equal(1, CountSent("GET /v1/billing/balance"));
    }

    [Fact]
    public void It_continues_after_a_failed_refresh()
    {
        Fail(new() { Kind = EmulatorFaultKind.NotJson, Path = "/v1/instances", Times = 1 });
        Outcome done = Run("Watch-PRInstance -Refreshes 2 -IntervalSec 1 -RequestBudget 1000 -PassThru");
        Assert.Equal(["MalformedResponse"], done.ErrorIds);
        Assert.Equal(6, done.Output.Count);
    }

    [Fact]
    public void It_continues_after_a_failed_reading()
    {
        SetSeries("inst_2", NoAnswer());
        WatchedInstance[] objects = Watch("-Refreshes 1");
        WatchedInstance two = objects.Single(static one => one.Id == "inst_2");
        Assert.Null(two.GpuUtilization);
        Assert.Equal(IdleReason.MetricsUnavailable, two.Reason);
        Assert.Equal(5, objects.Count(static one => one.SampledAt is not null));
    }

    [Fact]
    public void A_key_that_is_rejected_ends_it()
    {
        Do("Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_live_wrongwrongwrongwrong -AsPlainText -Force) -BaseUri $emulator.BaseUri");
        Assert.Equal("Unauthorized", Run("Watch-PRInstance -Refreshes 3").EndedId);
    }

    [Theory]
    [InlineData("-For 00:00:00")]
    [InlineData("-MinSamples 0")]
    [InlineData("-GpuBelow 0")]
    public void A_rule_that_proves_nothing_is_an_error(string rule)
    {
        Assert.Equal("InvalidRequest", Run("Watch-PRInstance -Refreshes 1 " + rule).EndedId);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_ends_at_once_when_it_is_stopped(bool whileARequestHangs)
    {
        if (whileARequestHangs)
            Fail(new() { Kind = EmulatorFaultKind.Hang, Path = "/v1/instances" });
        using RunningScript watching = Start("Watch-PRInstance -IntervalSec 3600");
        WaitUntil(() => Sent.Length >= 1);
        var clock = Stopwatch.StartNew();
        watching.Stop();
        // The interval is an hour, and the time limit of a request 100 s.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void It_ends_when_a_downstream_command_stops_the_pipeline() => Assert.Equal(3, Do("Watch-PRInstance -IntervalSec 3600 | Select-Object -First 3").Output.Count);
}
