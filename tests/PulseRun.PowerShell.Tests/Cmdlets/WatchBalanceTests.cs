using System;
using System.Linq;
using System.Text.Json;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class WatchBalanceTests : IdleTests
{
    private readonly Receiver _receiver = new();

    public WatchBalanceTests()
    {
        SetVariable("PULSERUN_NOTIFY_URI", null);
        StartIdleEmulator(3);
        Shell.Set("uri", _receiver.Address);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _receiver.Dispose();
    }

    [Theory]
    [InlineData("24h")]
    [InlineData("1.00:00:00")]
    [InlineData("1d")]
    [InlineData("([timespan]::FromHours(24))")]
    public void It_notifies_of_a_runway_below_the_limit(string below)
    {
        Emulator.SetBalance(60);
        Outcome outcome = Do("Watch-PRBalance -Below " + below + " -NotifyUri $uri -Once");
        Assert.Equal(10, outcome.As<AccountBalance>().Single().Runway!.Value.TotalHours, 0.1);
        AssertLike("The credit of 127.0.0.1 lasts for another 9h*, the fleet costs $6.00/h.*", outcome.Warnings.Single().Replace("10h0m", "9h", StringComparison.Ordinal));
        JsonElement sent = Assert.Single(_receiver.Events);
        Assert.Equal(("runway", 6m), (sent.GetProperty("event").GetString(), sent.GetProperty("burnPerHour").GetDecimal()));
        Assert.InRange(sent.GetProperty("runwaySeconds").GetDecimal(), 35_000, 36_001);
        Assert.Equal(["GET /v1/billing/balance", "GET /v1/instances"], Sent);
    }

    [Fact]
    public void It_is_silent_while_the_runway_is_long_or_nothing_is_billed()
    {
        Assert.Empty(Do("Watch-PRBalance 24h -NotifyUri $uri -Once").Warnings);
        Emulator.SetBalance(60);
        Do("Get-PRInstance | Stop-PRInstance -Confirm:$false");
        Outcome outcome = Do("Watch-PRBalance 24h -NotifyUri $uri -Once");
        Assert.Empty(outcome.Warnings);
        Assert.Null(outcome.As<AccountBalance>().Single().Runway);
        Assert.Empty(_receiver.Events);
    }

    [Fact]
    public void A_watch_notifies_once_until_the_runway_was_long_again_and_ends_by_its_time_limit()
    {
        Emulator.SetBalance(60);
        using RunningScript watch = Start("Watch-PRBalance 24h -NotifyUri '" + _receiver.Address + "' -IntervalSec 1 -WarningAction SilentlyContinue");
        WaitUntil(() => watch.Output.Count >= 2);
        Assert.Single(_receiver.Events);
        Emulator.SetBalance(1000);
        WaitUntil(() => watch.Output.OfType<AccountBalance>().Any(static one => one.Balance > 900));
        Emulator.SetBalance(50);
        WaitUntil(() => _receiver.Events.Count == 2);
        watch.Stop();
        Assert.InRange(Do("Watch-PRBalance 24h -IntervalSec 1 -TimeoutSec 2 -WarningAction SilentlyContinue").Output.Count, 1, 3);
    }

    [Fact]
    public void A_failure_that_may_pass_does_not_end_the_watch()
    {
        Emulator.SetBalance(60);
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/balance", Status = 400, Times = 1 });
        _receiver.Status = 400;
        using RunningScript watch = Start("Watch-PRBalance 24h -NotifyUri '" + _receiver.Address + "' -IntervalSec 1 -WarningAction SilentlyContinue");
        WaitUntil(() => watch.Errors.Count >= 2);
        Assert.Equal(["InvalidRequest", "NotificationFailed"], watch.Errors.Take(2).Select(Outcome.IdOf));
        _receiver.Status = 200;
        WaitUntil(() => _receiver.Accepted > 0);
        watch.Stop();
    }

    [Theory]
    [InlineData("24")]
    [InlineData("0")]
    [InlineData("'24'")]
    [InlineData("00:00:00")]
    [InlineData("-1h")]
    public void A_limit_that_is_none_is_refused(string below) => Assert.NotNull(Run("Watch-PRBalance -Below " + below + " -Once").Ended);

    [Fact]
    public void A_cleanup_warns_once_after_its_acts()
    {
        Emulator.SetBalance(20);
        ReadFleet();
        // All three cost 6 dollars an hour; one that is busy is left, for 1 dollar an hour.
        Emulator.SetWorkload("inst_0", "busy");
        ReadFleet(1);
        Emulator.SetBalance(20);
        Outcome outcome = Run(CleanupCommand + " -NotifyUri $uri -WarnRunway 24h -MetricsPath " + Folder + "/x.prom").Succeeded();
        Assert.Contains(outcome.Warnings, static text => IsLike(text, "*the fleet costs $1.00/h*"));
        Assert.Contains("pulserun_balance_dollars", System.IO.File.ReadAllText(Folder + "/x.prom"), StringComparison.Ordinal);
        Assert.Equal(1, CountSent("GET /v1/billing/balance"));
        Assert.Equal(["stopped", "stopped", "runway"], Events());
        Run(CleanupCommand + " -NotifyUri $uri -WarnRunway 24h").Succeeded();
        Assert.Equal(3, Events().Length);
        Emulator.SetBalance(1000);
        Run(CleanupCommand + " -NotifyUri $uri -WarnRunway 24h").Succeeded();
        Emulator.SetBalance(20);
        Run(CleanupCommand + " -NotifyUri $uri -WarnRunway 24h").Succeeded();
        Assert.Equal(["stopped", "stopped", "runway", "runway"], Events());
        Do(CleanupCommand + " -NotifyUri $uri -WarnRunway 24h -WhatIf");
        Assert.Equal(4, Events().Length);
    }

    [Fact]
    public void A_script_gets_the_runway_as_an_object()
    {
        Emulator.SetBalance(20);
        Do("$got = @(); Invoke-PRCleanup -IdleFor 1:00:00 -Jitter 0 -WarnRunway 1.00:00 -Notify { param($event) $script:got += $event } -WarningAction SilentlyContinue");
        RunwayEvent got = Assert.IsType<RunwayEvent>(Shell.Unwrap(System.Management.Automation.PSObject.AsPSObject(((object[])Shell.Get("got")!)[0])));
        Assert.Equal((6m, TimeSpan.FromDays(1)), (got.BurnPerHour, got.Below));
    }

    private string[] Events() => _receiver.Events.Select(static one => one.GetProperty("event").GetString() ?? "").ToArray();
}
