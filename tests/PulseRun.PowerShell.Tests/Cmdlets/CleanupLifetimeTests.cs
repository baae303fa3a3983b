using System;
using System.Globalization;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests lifetimes and off hours in Invoke-PRCleanup. A launch that was killed is in tests/PowerShell.</summary>
public class CleanupLifetimeTests : IdleTests
{
    private string[] Due(string more = "") => Text(Run("Invoke-PRCleanup " + more));

    [Fact]
    public void An_expired_instance_is_stopped_or_removed_for_one_list_and_two_requests_each()
    {
        StartIdleEmulator(4, (0, "busy"), (1, "busy"), (2, "busy"), (3, "busy"));
        Do("Set-PRInstance inst_0 -Lifetime 01:00; Set-PRInstance inst_1 -Lifetime 01:00 -AtExpiry Remove; Set-PRInstance inst_2 -Lifetime 03:00");
        Assert.Equal(["inst_0 Skipped NotExpired", "inst_1 Skipped NotExpired", "inst_2 Skipped NotExpired", "inst_3 Skipped NoLifetime"], Due());
        Emulator.Advance(TimeSpan.FromHours(1));
        Emulator.ClearRequests();
        Assert.Equal(["inst_0 WouldStop Expired", "inst_1 WouldRemove Expired", "inst_2 Skipped NotExpired", "inst_3 Skipped NoLifetime"], Due("-WhatIf"));
        Assert.Equal(["GET /v1/instances"], Sent);
        Emulator.ClearRequests();
        Assert.Equal(["inst_0 Stopped Expired", "inst_1 Removed Expired", "inst_2 Skipped NotExpired", "inst_3 Skipped NoLifetime"], Due());
        Assert.Equal(["DELETE /v1/instances/inst_1", "GET /v1/instances", "GET /v1/instances/inst_0", "GET /v1/instances/inst_1", "POST /v1/instances/inst_0/stop"], Sent.Order());
        Emulator.ClearRequests();
        Assert.Equal(["inst_0 Skipped AlreadyStopped", "inst_2 Skipped NotExpired", "inst_3 Skipped NoLifetime"], Due());
        Assert.Equal(["GET /v1/instances"], Sent);
        // An instance that was removed from here has no successor.
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Orphaned"));
    }

    [Fact]
    public void With_IdleFor_expired_ones_come_first_and_a_metrics_outage_does_not_save_them()
    {
        StartIdleEmulator(3, (0, "silent"), (1, "silent"), (2, "silent"));
        ReadFleet();
        Do("Set-PRInstance inst_1 -Lifetime 00:01");
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Outcome done = Run(CleanupCommand);
        Assert.Equal("inst_1 Stopped Expired", Text(done)[0]);
        Assert.Equal(3, Text(done).Length);
        Assert.Equal(["inst_0", "inst_2"], RunningIds);
    }

    [Fact]
    public void Limits_and_protections_hold()
    {
        StartIdleEmulator(3);
        Do("'inst_0', 'inst_1', 'inst_2' | Set-PRInstance -Lifetime 00:01; Protect-PRInstance inst_2");
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["inst_0 Skipped MaxActions", "inst_1 Stopped Expired", "inst_2 Skipped Protected"], Due("-MaxActions 1"));
        Assert.Equal(["inst_0 Skipped Excluded", "inst_1 Skipped AlreadyStopped", "inst_2 Skipped Protected"], Due("-Exclude inst_0"));
        Assert.Equal(["inst_0 Stopped Expired", "inst_1 Skipped AlreadyStopped", "inst_2 Skipped Protected"], Due());
    }

    [Fact]
    public void A_lifetime_that_was_prolonged_since_the_list_saves_the_instance()
    {
        StartIdleEmulator(1);
        Do("Set-PRInstance inst_0 -Lifetime 00:01");
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Delay("/v1/instances/inst_0");
        using RunningScript cleanup = Start("Invoke-PRCleanup");
        WaitUntil(() => CountSent("GET /v1/instances/inst_0") > 0);
        Do("Set-PRInstance inst_0 -Lifetime 05:00");
        Emulator.ClearFaults();
        Assert.Equal(["inst_0 Skipped NoteChanged"], cleanup.Wait().Output.Cast<CleanupAction>().Select(static action => action.Id + " " + action.Action + " " + action.Reason));
        Assert.Equal(["inst_0"], RunningIds);
    }

    [Fact]
    public void The_warning_is_sent_once_and_a_dead_receiver_keeps_nothing_alive()
    {
        StartIdleEmulator(2);
        Do("Set-PRInstance inst_0 -NewName train -Lifetime 01:00; $global:events = @()");
        const string Notify = "-Notify { param($event) $global:events += $event }";
        Emulator.Advance(TimeSpan.FromMinutes(44));
        Assert.Equal("inst_0 Skipped NotExpired", Due(Notify)[0]);
        Emulator.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains("inst_0 Failed NotificationFailed", Due("-Notify { throw 'dead' }"));
        Assert.Contains("inst_0 Warned ExpiryNear", Due(Notify));
        Assert.Equal("inst_0 Skipped NotExpired", Due(Notify)[0]);
        CleanupEvent warning = Get<CleanupEvent>("$events");
        Assert.Equal((CleanupEventKind.Warning, CleanupReason.ExpiryNear, "train"), (warning.Kind, warning.Reason, warning.Name));
        AssertLike("*train*will be stopped at*lifetime*", warning.Message);
        Emulator.Advance(TimeSpan.FromMinutes(15));
        Assert.Contains("inst_0 Stopped Expired", Due("-Notify { throw 'dead' }"));
    }

    [Fact]
    public void Off_hours_stop_and_start()
    {
        StartIdleEmulator(1);
        // The hours below begin in half an hour or more, however late the hour is when the test starts.
        AdvanceToHalfPast();
        string Range(int from, int to) => Emulator.UtcNow.AddHours(from).ToString("HH\\:00", CultureInfo.InvariantCulture) + "-" + Emulator.UtcNow.AddHours(to).ToString("HH\\:00", CultureInfo.InvariantCulture);
        Do("Set-PRInstance inst_0 -Tag @{ offhours = 'Mon-Sun " + Range(1, 3) + " UTC' }");
        Assert.Equal(["inst_0 Skipped NoLifetime"], Due());
        Emulator.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(["inst_0 Stopped OffHours"], Due());
        Emulator.Advance(TimeSpan.FromMinutes(121));
        Assert.Equal(["inst_0 Skipped NoLifetime"], Due());
        Assert.Equal(["inst_0 Started OffHoursOver"], Due("-StartAfterOffHours"));
        Do("Stop-PRInstance inst_0 -Confirm:$false");
        Assert.Equal(["inst_0 Skipped NoLifetime"], Due("-StartAfterOffHours"));
        Do("Set-PRInstance inst_0 -Tag @{ offhours = 'at night' }");
        Assert.Contains("at night", Assert.Single(Do("Invoke-PRCleanup").Warnings));
    }

    [Theory]
    [InlineData("-RemoveStoppedAfter 7.00:00", "RemoveStoppedAfter")]
    [InlineData("-WarnAfter 00:10 -Notify { }", "WarnAfter")]
    [InlineData("-WarnBeforeExpiry -00:01", "WarnBeforeExpiry")]
    public void Parameters_that_would_have_no_effect_are_refused(string parameters, string field)
    {
        StartIdleEmulator(1);
        Outcome done = Run("Invoke-PRCleanup " + parameters);
        Assert.Equal(field, ((PulseRunException)(done.Ended ?? done.Errors[0]).Exception).Field);
        Assert.Empty(Sent);
    }
}
