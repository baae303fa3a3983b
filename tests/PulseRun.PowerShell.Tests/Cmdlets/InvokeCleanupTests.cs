using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests what Invoke-PRCleanup decides, and which requests it sends. Concurrent processes, a full disk and a host that cannot prompt are in tests/PowerShell.</summary>
public class InvokeCleanupTests : IdleTests
{
    [Fact]
    public void It_stops_only_idle_instances_and_returns_the_reason_and_the_savings()
    {
        StartIdleEmulator(6, (1, "busy"), (2, "silent"));
        ReadFleet();
        Emulator.SetStatus("inst_4", "stopped");
        Outcome done = Do(CleanupCommand);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Skipped Active", "inst_2 Skipped Unknown", "inst_3 Stopped Idle", "inst_4 Skipped AlreadyStopped", "inst_5 Stopped Idle"], Text(done));
        CleanupAction[] actions = done.As<CleanupAction>();
        Assert.Equal((Verdict.Idle, IdleReason.AllBelowThreshold, "stopped"), (actions[0].Verdict, actions[0].VerdictReason, actions[0].Status));
        Assert.Equal(IdleReason.MetricsUnavailable, actions[2].VerdictReason);
        Assert.Equal([1m, 2m, 3m, 4m, 5m, 6m], actions.Select(static action => action.CostPerHour));
        Assert.Equal([1m, 0m, 0m, 4m, 0m, 6m], actions.Select(static action => action.SavedPerHour));
        Assert.Empty(done.Warnings);
        Assert.Equal(["inst_1", "inst_2"], RunningIds);
    }

    [Fact]
    public void It_sends_one_list_one_reading_for_each_instance_not_just_seen_at_work_and_two_requests_for_each_act()
    {
        StartIdleEmulator(6, (1, "busy"));
        ReadFleet();
        Assert.Equal(6, CleanUp("-MaxActions 2").Length);
        // inst_1 was seen at work just now.
        Assert.Equal(1 + 5 + (2 * 2), Sent.Length);
        Assert.Equal(0, CountSent("*inst_1*"));
        Assert.Equal(["POST /v1/instances/inst_4/stop", "POST /v1/instances/inst_5/stop"], Acts.Order());
    }

    [Fact]
    public void It_does_nothing_when_it_is_repeated()
    {
        StartIdleEmulator(2);
        ReadFleet();
        CleanUp();
        Emulator.ClearRequests();
        Assert.Equal(["inst_0 Skipped AlreadyStopped", "inst_1 Skipped AlreadyStopped"], CleanUp());
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("without an answer")]
    [InlineData("without a number")]
    public void It_does_not_stop_an_instance_that_is_not_idle_right_before_the_stop(string then)
    {
        StartIdleEmulator(2);
        ReadFleet();
        // The first reading is that of the run, the second is the second look before the stop.
        SetSeries("inst_1", Load(0), then switch { "busy" => Load(60), "without an answer" => NoAnswer(), _ => Load(null) });
        Outcome done = Do(CleanupCommand);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Skipped NoLongerIdle"], Text(done));
        Assert.Contains("inst_1", Assert.Single(done.Warnings));
        Assert.Equal(0, done.As<CleanupAction>()[1].SavedPerHour);
        Assert.Equal(["inst_1"], RunningIds);
    }

    [Fact]
    public void An_instance_that_was_stopped_between_verdict_and_stop_costs_one_request_besides_the_look()
    {
        StartIdleEmulator(1);
        ReadFleet();
        // A stopped instance has no metrics, so the second look fails, and the read of the state finds it stopped.
        SetSeries("inst_0", Load(0), NoAnswer());
        Fail(new() { Kind = EmulatorFaultKind.UnknownStatus, Path = "*/instances/inst_0", Text = "stopped" });
        Outcome done = Do(CleanupCommand);
        Assert.Equal(["inst_0 Skipped AlreadyDone"], Text(done));
        Assert.Empty(done.Warnings);
        Assert.Equal(["GET /v1/instances", "GET /v1/instances/inst_0/metrics", "GET /v1/instances/inst_0/metrics", "GET /v1/instances/inst_0"], Sent);
    }

    [Fact]
    public void A_provider_that_cannot_stop_is_reported_once_and_the_others_are_stopped()
    {
        StartIdleEmulator(3);
        ReadFleet();
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = "*/inst_1/stop", Status = 400, Text = "This provider does not support stopping." });
        Outcome done = Run(CleanupCommand);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Failed Refused", "inst_2 Stopped Idle"], Text(done));
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal("inst_1", GetIdOf(done.Errors[0].TargetObject));
        CleanupAction failed = done.As<CleanupAction>()[1];
        Assert.Contains("does not support stopping", failed.Error);
        Assert.Equal(0, failed.SavedPerHour);
        Assert.Single(Acts, static line => line.Contains("inst_1", StringComparison.Ordinal));

        static string GetIdOf(object target) => target is Instance instance ? instance.Id : ((InstanceReference)target).Id;
    }

    [Fact]
    public void A_busy_reading_that_another_process_has_just_recorded_counts()
    {
        StartIdleEmulator(1);
        ReadFleet();
        SetSeries("inst_0", Load(80), Load(0));
        Do("Get-PRInstanceMetrics inst_0");
        Assert.Equal(["inst_0 Skipped Active"], CleanUp());
    }

    [Fact]
    public void It_does_not_act_when_60_percent_of_the_instances_give_no_metrics_and_reports_that()
    {
        StartIdleEmulator(10, (0, "silent"), (1, "silent"), (2, "silent"), (3, "blank"), (4, "blank"), (5, "blank"));
        ReadFleet();
        Outcome done = Run(CleanupCommand);
        Assert.Equal(["MetricsOutage"], done.ErrorIds);
        Assert.Equal("ResourceUnavailable", done.Errors[0].CategoryInfo.Category.ToString());
        CleanupAction[] actions = done.As<CleanupAction>();
        Assert.Equal(10, actions.Length);
        Assert.All(actions, static action => Assert.Equal(CleanupOutcome.Skipped, action.Action));
        Assert.Equal((CleanupReason.Unknown, CleanupReason.MetricsOutage), (actions[0].Reason, actions[9].Reason));
        Assert.Empty(Acts);
        // One list, ten readings, and one more list, because instances that were stopped meanwhile are no outage.
        Assert.Equal(12, Sent.Length);
    }

    [Fact]
    public void MaxUnknownPercent_allows_more_instances_without_metrics()
    {
        StartIdleEmulator(4, (0, "silent"), (1, "silent"), (2, "silent"));
        ReadFleet();
        Assert.Equal(["MetricsOutage"], Run(CleanupCommand).ErrorIds);
        Assert.Equal("inst_3 Stopped Idle", CleanUp("-MaxUnknownPercent 75")[3]);
    }

    [Fact]
    public void A_fleet_with_models_in_GPU_memory_is_no_outage()
    {
        StartIdleEmulator(3);
        foreach (string id in Ids[..2])
            SetSeries(id, new EmulatorReading { GpuUtilization = 0, MemoryUsage = 80 });
        ReadFleet();
        Outcome done = Do(CleanupCommand);
        Assert.Equal(["inst_0 Skipped Unknown", "inst_1 Skipped Unknown", "inst_2 Stopped Idle"], Text(done));
        Assert.Equal(IdleReason.MemoryHeld, done.As<CleanupAction>()[0].VerdictReason);
    }

    [Fact]
    public void In_an_outage_nothing_is_removed()
    {
        StartIdleEmulator(3, (0, "silent"), (1, "silent"));
        ReadFleet();
        Emulator.SetStatus("inst_2", "stopped");
        Run(CleanupCommand);
        WatchFleet(120);
        Outcome done = Run(CleanupCommand + " -RemoveStoppedAfter 01:00:00");
        Assert.Equal(["MetricsOutage"], done.ErrorIds);
        Assert.Equal("inst_2 Skipped MetricsOutage", Text(done)[2]);
    }

    [Fact]
    public void Protected_and_excluded_instances_are_left_alone()
    {
        StartIdleEmulator(4);
        ReadFleet();
        Do("Protect-PRInstance -Id inst_0 -Reason 'a demo'");
        Assert.Equal(["inst_0 Skipped Protected", "inst_1 Skipped Excluded", "inst_2 Skipped Excluded", "inst_3 Stopped Idle"], CleanUp("-Exclude INST_1, *_2"));
    }

    [Theory]
    [InlineData("-Gpu RTX_*", 2)]
    [InlineData("-Region us-*", 0)]
    [InlineData("-Provider vast_ai, lambda", 4)]
    [InlineData("-Template vllm", 0)]
    public void Instances_that_the_filters_do_not_select_are_neither_read_nor_returned(string filter, int count)
    {
        StartIdleEmulator(4);
        ReadFleet();
        CleanupAction[] actions = Do(CleanupCommand + " " + filter).As<CleanupAction>();
        Assert.Equal(count == 2 ? ["inst_1", "inst_3"] : Ids[..count], actions.Select(static action => action.Id));
        Assert.Equal(1 + (3 * count), Sent.Length);
    }

    [Theory]
    [InlineData("Exclude")]
    [InlineData("Gpu")]
    [InlineData("Region")]
    [InlineData("Provider")]
    [InlineData("Template")]
    public void An_empty_variable_for_a_filter_is_an_error_as_it_would_select_everything(string name)
    {
        StartIdleEmulator(1);
        Assert.StartsWith("ParameterArgumentValidationError", Run("Invoke-PRCleanup -IdleFor 00:10:00 -" + name + " $thereIsNoSuchVariable").EndedId);
        Assert.Empty(Sent);
    }

    [Fact]
    public void MaxActions_acts_on_the_most_expensive_first_and_with_0_on_none()
    {
        StartIdleEmulator(4);
        ReadFleet();
        Assert.All(CleanUp("-MaxActions 0"), static line => Assert.EndsWith(" Skipped MaxActions", line));
        Assert.Equal(["inst_0 Skipped MaxActions", "inst_1 Skipped MaxActions", "inst_2 Skipped MaxActions", "inst_3 Stopped Idle"], CleanUp("-MaxActions 1"));
        Assert.Equal(["inst_0", "inst_1", "inst_2"], RunningIds);
    }

    [Fact]
    public void WhatIf_does_not_act_but_takes_and_records_readings_and_returns_decisions()
    {
        StartIdleEmulator(4, (1, "busy"));
        Emulator.SetStatus("inst_2", "stopped");
        ReadFleet(8);
        string audit = Folder + "/whatif.jsonl";
        Outcome done = Do(CleanupCommand + " -WhatIf -RemoveStoppedAfter 00:13:00 -AuditLevel All -AuditPath " + audit);
        Assert.Equal(["inst_0 WouldStop Idle", "inst_1 Skipped Active", "inst_2 WouldRemove StoppedLong", "inst_3 WouldStop Idle"], Text(done));
        Assert.Equal([1m, 0m, 0m, 4m], done.As<CleanupAction>().Select(static action => action.SavedPerHour));
        Assert.Empty(Acts);
        // There is no second look, and inst_1 was seen at work just now.
        Assert.Equal(1 + 2, Sent.Length);
        Assert.Equal(
            ["inst_0 WouldStop", "inst_1 Skipped", "inst_2 WouldRemove", "inst_3 WouldStop"],
            GetAll<string>("Get-Content " + audit + " | ConvertFrom-Json | ForEach-Object { \"$($_.id) $($_.action)\" } | Sort-Object"));
        Assert.Equal(9, GetAll<InstanceMetrics>("Get-PRInstanceMetrics -History -Id inst_0").Length);
    }

    [Fact]
    public void WhatIf_applies_with_Force_too()
    {
        StartIdleEmulator(1);
        Emulator.SetStatus("inst_0", "stopped");
        CleanUp();
        WatchFleet(40, 4);
        Assert.Equal(["inst_0 WouldRemove StoppedLong"], CleanUp("-WhatIf -Force -RemoveStoppedAfter 00:30:00"));
        Assert.Single(Emulator.Instances);
    }

    [Fact]
    public void RequestBudget_limits_the_requests_and_windows_that_have_begun_are_read_first()
    {
        StartIdleEmulator(5);
        foreach (string id in new[] { "inst_0", "inst_3", "inst_1" })
        {
            Do("Get-PRInstanceMetrics " + id);
            Emulator.Advance(TimeSpan.FromMinutes(1));
        }
        Emulator.ClearRequests();
        Outcome done = Do(CleanupCommand + " -RequestBudget 4 -MaxUnknownPercent 100");
        Assert.Equal(["GET /v1/instances", "GET /v1/instances/inst_0/metrics", "GET /v1/instances/inst_1/metrics", "GET /v1/instances/inst_3/metrics"], Sent.Order());
        Emulator.ClearRequests();
        Do(CleanupCommand + " -RequestBudget 6 -MaxUnknownPercent 100");
        Assert.Equal(["GET /v1/instances", .. Ids.Select(static id => "GET /v1/instances/" + id + "/metrics")], Sent.Order());
        Assert.All(done.As<CleanupAction>(), static action => Assert.Equal(Verdict.Unknown, action.Verdict));
    }

    [Fact]
    public void The_requests_per_minute_of_the_connection_limit_it_by_default()
    {
        StartIdleEmulator();
        Run("$emulator | Connect-PulseRun -RequestsPerMinute 4; " + CleanupCommand);
        Assert.Equal(4, Sent.Length);
    }

    [Fact]
    public void Jitter_spreads_the_readings()
    {
        StartIdleEmulator(8);
        Run("Invoke-PRCleanup -IdleFor 00:10:00 -Jitter 00:00:02 -Confirm:$false");
        DateTimeOffset[] times = Emulator.Requests.Where(static request => request.Path.EndsWith("/metrics", StringComparison.Ordinal)).Select(static request => request.Time).ToArray();
        Assert.Equal(8, times.Length);
        Assert.True(times.Max() - times.Min() > TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData("-00:00:01")]
    [InlineData("02:00:00")]
    public void Jitter_has_a_range(string jitter)
    {
        StartIdleEmulator(1);
        Assert.Equal("InvalidRequest", Run("Invoke-PRCleanup -IdleFor 00:10 -Jitter " + jitter).EndedId);
        Assert.Empty(Sent);
    }

    [Fact]
    public void The_audit_has_one_line_for_each_decision_and_one_before_each_act_and_no_secrets()
    {
        StartIdleEmulator(3, (1, "busy"));
        ReadFleet();
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = "*/inst_2/stop", Status = 400, Text = "No. Key pr_live_0123456789abcdef0123\nnew line" });
        string audit = Folder + "/new folder/audit.jsonl";
        Run(CleanupCommand + " -AuditLevel All -AuditPath '" + audit + "'");
        Do(CleanupCommand + " -AuditLevel All -WhatIf -AuditPath '" + audit + "'");
        string text = File.ReadAllText(audit);
        Assert.DoesNotContain("pr_live_0123", text);
        Assert.DoesNotContain(Emulator.ApiKey, text);
        JsonElement[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        JsonElement[] With(string name, string value) => lines.Where(line => Field(line, name) == value).ToArray();
        Assert.Equal(8, lines.Length);
        Assert.Equal(6, With("phase", "result").Length);
        Assert.Equal(["inst_0 Stop", "inst_2 Stop"], With("phase", "intent").Select(static line => Field(line, "id") + " " + Field(line, "action")).Order());
        // The intent of each act comes before its result.
        Assert.Equal(["Stop", "Stopped"], With("id", "inst_0").Take(2).Select(static line => Field(line, "action")));
        Assert.Equal(2, lines.Select(static line => Field(line, "run")).Distinct().Count());
        JsonElement stopped = Assert.Single(With("action", "Stopped"));
        Assert.Equal(
            ["inst_0", "Idle", "Idle", "AllBelowThreshold", "1", "1", "6", "1"],
            new[] { "id", "reason", "verdict", "verdictReason", "costPerHour", "savedPerHour", "sampleCount", "coverage" }.Select(name => Field(stopped, name)));
        AssertLike("*inst_2*No.*", Field(Assert.Single(With("action", "Failed")), "error"));

        static string? Field(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
    }

    [Fact]
    public void An_audit_that_cannot_be_written_fails_the_run_before_any_act()
    {
        StartIdleEmulator(1);
        ReadFleet();
        Assert.Equal("InvalidRequest", Run(CleanupCommand + " -AuditPath " + Folder).EndedId);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Warming_up_is_one_warning_for_a_run_and_no_outage()
    {
        StartIdleEmulator(3);
        ReadFleet(3);
        Outcome done = Do(CleanupCommand);
        Assert.All(done.As<CleanupAction>(), static action => Assert.Equal(IdleReason.WarmingUp, action.VerdictReason));
        AssertLike("*readings cover 4 of 10 minutes; first verdicts at *", Assert.Single(done.Warnings));
    }

    [Fact]
    public void Instances_that_another_host_stopped_meanwhile_do_not_count_as_missing_readings()
    {
        StartIdleEmulator(2);
        ReadFleet();
        // Between the list and the readings another host stops both instances, so at least half of the readings fail.
        SetSeries("inst_0", NoAnswer());
        SetSeries("inst_1", NoAnswer());
        Fail(new() { Kind = EmulatorFaultKind.UnknownStatus, Path = "*/instances", Skip = 1, Text = "stopped" });
        Assert.Equal(["inst_0 Skipped AlreadyStopped", "inst_1 Skipped AlreadyStopped"], CleanUp());
    }

    [Fact]
    public void Without_a_connection_it_ends_with_NotConnected() => Assert.Equal("NotConnected", Run("Invoke-PRCleanup -IdleFor 00:30").EndedId);

    [Fact]
    public void A_key_that_is_rejected_ends_it()
    {
        StartIdleEmulator(1);
        Do("Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_test_wrong -AsPlainText -Force) -BaseUri $emulator.BaseUri");
        Assert.Equal("Unauthorized", Run("Invoke-PRCleanup -IdleFor 00:30 -Jitter 0").EndedId);
    }
}
