using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests the steps before and after a stop: the warning, the wait, the probe, the notification. The clock is the emulator's.</summary>
public class CleanupLadderTests : IdleTests
{
    private const string Ladder = "-WarnAfter 00:06:00";

    private readonly Receiver _receiver = new();

    public CleanupLadderTests() => StartIdleEmulator(2);

    protected override void Dispose(bool disposing)
    {
        Environment.SetEnvironmentVariable("PULSERUN_NOTIFY_URI", null);
        base.Dispose(disposing);
        _receiver.Dispose();
    }

    private string To => "-NotifyUri '" + _receiver.Address + "'";

    private string[] Stopped => Sent.Where(static line => line.EndsWith("/stop", StringComparison.Ordinal)).ToArray();

    /// <summary>Runs a cleanup every two minutes, and returns the actions on one instance that are not the same as before.</summary>
    private List<string> Climb(int times, string more, string id = "inst_0")
    {
        var actions = new List<string>();
        for (int i = 0; i < times; i++)
        {
            if (i > 0)
                Emulator.Advance(TimeSpan.FromMinutes(2));
            string action = Run(CleanupCommand + " " + Ladder + " " + more).As<CleanupAction>().Where(one => one.Id == id).Select(static one => one.Action + " " + one.Reason).Single();
            if (actions.Count == 0 || actions[^1] != action)
                actions.Add(action);
        }
        return actions;
    }

    [Fact]
    public void It_warns_waits_and_stops_in_this_order()
    {
        Assert.Equal(["Skipped Unknown", "Warned WarningDue", "Skipped WarningPending", "Stopped Idle"], Climb(9, To).Take(4));
        Assert.Equal(["stopped inst_0", "stopped inst_1", "warning inst_0", "warning inst_1"], _receiver.Names.Order());
        var warning = _receiver.Events.First(one => one.GetProperty("id").GetString() == "inst_0");
        var stopped = _receiver.Events.Last(one => one.GetProperty("id").GetString() == "inst_0");
        Assert.Equal(1m, stopped.GetProperty("savedPerHour").GetDecimal());
        DateTimeOffset at = warning.GetProperty("time").GetDateTimeOffset(), since = warning.GetProperty("idleSince").GetDateTimeOffset();
        Assert.InRange(at - since, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(8.5));
        Assert.InRange(stopped.GetProperty("time").GetDateTimeOffset(), warning.GetProperty("stopAt").GetDateTimeOffset().AddSeconds(-1), DateTimeOffset.MaxValue);
        Assert.Equal(since, stopped.GetProperty("idleSince").GetDateTimeOffset());
        Assert.All(_receiver.Requests, static request => Assert.Contains("Idempotency-Key: ", request));
        Assert.Equal(4, _receiver.Requests.Select(static request => request.Split('\n').First(static line => line.StartsWith("Idempotency-Key", StringComparison.Ordinal))).Distinct().Count());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(302)]
    [InlineData(404)]
    public void A_receiver_that_fails_stops_nothing(int status)
    {
        _receiver.Status = status;
        List<string> actions = Climb(8, To);
        Assert.Equal(["Skipped Unknown", "Failed NotificationFailed"], actions);
        Assert.Empty(Stopped);
        Assert.Equal("NotificationFailed", Run(CleanupCommand + " " + Ladder + " " + To).ErrorIds[0]);
        // It is delivered at last, and then the whole notice follows.
        _receiver.Status = 200;
        Assert.Equal(["Warned WarningDue", "Skipped WarningPending", "Stopped Idle"], Climb(4, To).Take(3));
    }

    [Fact]
    public void A_receiver_that_cannot_be_reached_or_hangs_stops_nothing()
    {
        Assert.Equal(["Skipped Unknown", "Failed NotificationFailed"], Climb(9, "-NotifyUri http://127.0.0.1:1/x"));
        _receiver.Status = 0;
        Assert.Equal(["Failed NotificationFailed"], Climb(1, To));
        Assert.Empty(Stopped);
    }

    [Fact]
    public void Work_after_the_warning_needs_a_new_warning()
    {
        Climb(5, To);
        Emulator.SetWorkload("inst_0", "busy");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        Climb(1, To);
        Emulator.SetWorkload("inst_0", "idle");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        List<string> actions = Climb(9, To);
        Assert.Equal(["Skipped Active", "Warned WarningDue", "Skipped WarningPending", "Stopped Idle"], actions.Take(4));
        Assert.Equal(2, _receiver.Names.Count(static name => name == "warning inst_0"));
    }

    [Fact]
    public void A_script_block_gets_the_event_and_its_failure_stops_nothing()
    {
        Do("$global:events = [System.Collections.ArrayList]::new()");
        const string Fails = "-Notify { param($event) $null = $global:events.Add($event); Get-Item /nonexistent/SECRETPATH; 'not reached' }";
        Assert.Equal(["Skipped Unknown", "Failed NotificationFailed"], Climb(9, Fails));
        Outcome failed = Run(CleanupCommand + " " + Ladder + " " + Fails);
        Assert.Equal(["NotificationFailed", "NotificationFailed"], failed.ErrorIds);
        Assert.DoesNotContain("SECRETPATH", string.Join("\n", failed.Errors.Select(static error => error + "\n" + error.Exception)));
        Assert.Empty(Stopped);
        Assert.Equal(["Warned WarningDue", "Skipped WarningPending", "Stopped Idle"], Climb(4, "-Notify { param($event) $null = $global:events.Add($event) }").Take(3));
        Assert.Equal("Warning Stopped", (string)Do("($global:events | Where-Object Id -EQ inst_0)[-2..-1].Kind -join ' '").Output[0]!);
        AssertLike("inst_0 (h100_80gb, vast_ai, $1.00/h) was stopped. It had been idle since * This saves $1.00/h.", (string)Do("\"$(($global:events | Where-Object Id -EQ inst_0)[-1])\"").Output[0]!);
    }

    [Fact]
    public void A_failed_notification_of_the_stop_is_a_warning()
    {
        Climb(5, To);
        _receiver.Status = 500;
        var done = new List<Outcome>();
        for (int i = 0; i < 3; i++)
        {
            Emulator.Advance(TimeSpan.FromMinutes(2));
            done.Add(Do(CleanupCommand + " " + Ladder + " " + To));
        }
        Assert.Equal(2, done.SelectMany(static one => one.As<CleanupAction>()).Count(static one => one.Action == CleanupOutcome.Stopped));
        string[] warnings = [.. done.SelectMany(static one => one.Warnings).Where(static text => text.Contains("notification"))];
        Assert.Equal(2, warnings.Length);
        AssertLike("The notification of inst_* (Stopped) was not delivered: the receiver answered 500.", warnings[0]);
    }

    [Fact]
    public void WhatIf_sends_no_warning_and_names_the_step()
    {
        Climb(3, To);
        Emulator.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["WouldWarn WarningDue"], Climb(1, To + " -WhatIf"));
        Assert.Empty(_receiver.Events);
        Assert.Contains(Shell.Host.Lines, static line => line.Contains("Send warning before the stop"));
        Assert.DoesNotContain("SECRET", string.Join("\n", Shell.Host.Lines));
    }

    [Fact]
    public void The_address_appears_nowhere()
    {
        string audit = Path.Combine(Folder, "audit.jsonl");
        var all = new StringBuilder();
        for (int i = 0; i < 9; i++)
        {
            _receiver.Status = i % 2 == 0 ? 200 : 500;
            if (i > 0)
                Emulator.Advance(TimeSpan.FromMinutes(2));
            Outcome done = Run($"{CleanupCommand} {Ladder} {To} -AuditPath '{audit}' -AuditLevel All -Verbose -Debug");
            all.AppendJoin('\n', done.All.Select(static one => one + (one is System.Management.Automation.ErrorRecord error ? error.Exception + "\n" + error.ErrorDetails + "\n" + error.ScriptStackTrace : "")));
        }
        Assert.Contains("\"Warned\"", File.ReadAllText(audit));
        all.Append(File.ReadAllText(audit));
        foreach (string file in Directory.GetFiles(Environment.GetEnvironmentVariable("PULSERUN_DATA_DIR")!, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            all.Append(reader.ReadToEnd());
        }
        Assert.Contains("accepted", all.ToString());
        Assert.Contains("answered 500", all.ToString());
        Assert.DoesNotContain("SECRETPATH", all.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("SECRETTOKEN", all.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("-WarnAfter 00:06 -NotifyUri http://hooks.example.com/SECRET", "NotifyUri")]
    [InlineData("-WarnAfter 00:06 -NotifyUri nonsense-SECRET", "NotifyUri")]
    [InlineData("-WarnAfter 00:10 -NotifyUri https://hooks.example.com/SECRET", "WarnAfter")]
    [InlineData("-WarnAfter 00:00 -NotifyUri https://hooks.example.com/SECRET", "WarnAfter")]
    [InlineData("-WarnAfter 00:06", "WarnAfter")]
    [InlineData("-WarnAfter 00:06 -NotifyUri https://hooks.example.com/SECRET -Notify { }", "NotifyUri")]
    [InlineData("-NotifyUriFile /nonexistent/file", "NotifyUriFile")]
    [InlineData("-Probe Telepathy", "Probe")]
    [InlineData("-Probe 42", "Probe")]
    [InlineData("-BeforeStop ' '", "BeforeStop")]
    [InlineData("-BeforeStop 'sync' -IdentityFile /nonexistent/key", "IdentityFile")]
    [InlineData("-Probe Ssh -HostKeyPolicy Ask", "HostKeyPolicy")]
    public void Bad_input_is_a_clear_error_and_sends_nothing(string parameters, string field)
    {
        ReadFleet();
        Outcome done = Run(CleanupCommand + " " + parameters);
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal(field, done.Ended!.TargetObject);
        Assert.DoesNotContain("SECRET", done.Ended.ToString() + done.Ended.Exception);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_hook_without_an_ssh_program_stops_nothing()
    {
        ReadFleet();
        string? path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", Folder);
        try
        {
            Assert.Equal("ProgramUnavailable", Run(CleanupCommand + " -BeforeStop sync").EndedId);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_hook_on_an_instance_without_ssh_stops_nothing_unless_it_may()
    {
        ReadFleet();
        Outcome done = Run(CleanupCommand + " -BeforeStop sync");
        Assert.Equal(["HookFailed", "HookFailed"], done.ErrorIds);
        Assert.Equal(["Skipped HookFailed", "Skipped HookFailed"], done.As<CleanupAction>().Select(static one => one.Action + " " + one.Reason));
        Assert.All(done.As<CleanupAction>(), static one => AssertLike("The command of -BeforeStop on 'inst_*' was not run: *", one.Error));
        Assert.Empty(Stopped);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Stopped Idle"], CleanUp("-BeforeStop sync -OnHookFailure Stop"));
    }

    [Fact]
    public void The_address_comes_from_the_environment_or_a_file()
    {
        Environment.SetEnvironmentVariable("PULSERUN_NOTIFY_URI", _receiver.Address);
        Climb(5, "");
        Assert.Equal(2, _receiver.Events.Count);
        Environment.SetEnvironmentVariable("PULSERUN_NOTIFY_URI", "http://hooks.example.com/SECRET");
        Assert.Equal("InvalidRequest", Run(CleanupCommand + " " + Ladder).EndedId);
        string file = Path.Combine(Folder, "uri");
        File.WriteAllText(file, _receiver.Address + "\n");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains("Stopped Idle", Climb(3, $"-NotifyUriFile '{file}'"));
        Assert.Contains("stopped inst_0", _receiver.Names);
    }

    [Theory]
    [InlineData("{ 'Active' }", "ProbeBusy", "Active")]
    [InlineData("{ 'Unknown' }", "ProbeFailed", "Unknown")]
    [InlineData("{ throw 'no' }", "ProbeFailed", "Unknown")]
    [InlineData("{ Write-Error 'no'; 'Idle' }", "ProbeFailed", "Unknown")]
    [InlineData("{ }", "ProbeFailed", "Unknown")]
    [InlineData("{ $true }", "ProbeFailed", "Unknown")]
    [InlineData("{ 'Idle'; 'Idle' }", "ProbeFailed", "Unknown")]
    public void A_probe_that_does_not_agree_stops_nothing(string script, string reason, string verdict)
    {
        ReadFleet();
        Outcome done = Do(CleanupCommand + " -Probe " + script);
        Assert.All(done.As<CleanupAction>(), one => Assert.Equal(("Skipped ProbeObjected", reason, verdict), (one.Action + " " + one.Reason, one.VerdictReason.ToString(), one.Verdict.ToString())));
        Assert.Empty(Stopped);
        Assert.All(GetAll<IdleVerdict>($"Get-PRIdleInstance {Rule} -All -Probe {script}"), one => Assert.Equal((reason, verdict), (one.Reason.ToString(), one.Verdict.ToString())));
        Assert.Empty(GetAll<IdleVerdict>($"Get-PRIdleInstance {Rule} -Probe {script}"));
    }

    [Fact]
    public void A_probe_gets_the_instance_and_comes_before_the_second_look()
    {
        ReadFleet();
        Do("$global:probed = [System.Collections.ArrayList]::new()");
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Skipped ProbeObjected"], CleanUp("-Probe { param($instance) $null = $global:probed.Add($instance); if ($instance.Id -eq 'inst_0') { 'Idle' } else { 'Active' } }"));
        Assert.Equal(["inst_0", "inst_1"], Do("$global:probed.Id | Sort-Object").As<string>());
        // The instance that the probe kept was not read a second time.
        Assert.Equal(1, CountSent("GET /v1/instances/inst_1/metrics"));
        Assert.Equal(2, CountSent("GET /v1/instances/inst_0/metrics"));
    }

    [Fact]
    public void A_probe_keeps_a_warning_from_being_sent()
    {
        Assert.Equal(["Skipped Unknown", "Skipped ProbeObjected"], Climb(8, To + " -Probe { 'Active' }"));
        Assert.Empty(_receiver.Events);
    }

    [Fact]
    public void MaxActionPercent_holds_together_with_MaxActions_and_allows_one()
    {
        for (int i = 2; i < 8; i++)
            AddIdleInstance(i);
        ReadFleet();
        // A quarter of 8, the most expensive first.
        string[] actions = CleanUp("-MaxActionPercent 25");
        Assert.Equal(["inst_6 Stopped Idle", "inst_7 Stopped Idle"], actions.Where(static one => one.Contains("Stopped")));
        Assert.Equal(6, actions.Count(static one => one.EndsWith("Skipped MaxActionPercent", StringComparison.Ordinal)));
        Assert.Single(CleanUp("-MaxActionPercent 1"), static one => one.Contains("Stopped Idle"));
        Assert.Single(CleanUp("-MaxActionPercent 100 -MaxActions 1"), static one => one.Contains("Stopped Idle"));
    }

    [Fact]
    public void Removals_need_no_warning()
    {
        Emulator.AddInstance(new Instance { Id = "inst_old", Status = "stopped", Gpu = "h100_80gb", StartedAt = Emulator.UtcNow.AddDays(-10) });
        for (int i = 0; i < 10; i++)
        {
            Do("Get-PRIdleInstance");
            Emulator.Advance(TimeSpan.FromMinutes(4));
        }
        Assert.Contains("inst_old Removed StoppedLong", CleanUp($"{Ladder} {To} -RemoveStoppedAfter 00:30 -Force"));
    }
}
