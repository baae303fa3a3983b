using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

/// <summary>Tests which instances a cleanup reads, over whole hours of the emulator's clock. Each minute is a new connection that knows only the store.</summary>
public class CleanupOrderTests : IdleTests
{
    private const string Cleanup = "Invoke-PRCleanup -IdleFor 00:30 -Jitter 0 -Confirm:$false";

    [Fact]
    public void Cleanup_TwoHundredInstancesOnFortySevenReadings_StopsExactlyThoseThatEnd()
    {
        StartBusyEmulator(200);
        var ends = new Dictionary<string, int>();
        for (int i = 0; i < 20; i++)
            ends["inst_" + i * 10] = 4 + i;
        var stopped = new Dictionary<string, int>();
        for (int minute = 0; minute < 90; minute++)
        {
            foreach (KeyValuePair<string, int> one in ends.Where(one => one.Value == minute))
                Emulator.SetWorkload(one.Key, "idle");
            Emulator.ClearRequests();
            Do("Disconnect-PulseRun; $emulator | Connect-PulseRun");
            CleanupAction[] actions = GetAll<CleanupAction>(Cleanup + " -RequestBudget 48 3>$null");
            string[] now = actions.Where(static action => action.Action == CleanupOutcome.Stopped).Select(static action => action.Id).ToArray();
            foreach (string id in now)
                stopped.Add(id, minute);
            int readings = CountSent("GET */metrics"), stops = CountSent("POST */stop");
            Assert.Equal(now.Length, stops);
            Assert.Equal(Sent.Length, 1 + readings + stops);
            // One second look for each stop is among the readings.
            Assert.True(readings - stops <= 47, "Minute " + minute + " took " + readings + " readings.");
            Assert.True(Sent.Length <= 48, "Minute " + minute + " took " + Sent.Length + " requests.");
            Emulator.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(ends.Keys.Order(StringComparer.Ordinal), stopped.Keys.Order(StringComparer.Ordinal));
        Assert.All(stopped, one => Assert.InRange(one.Value - ends[one.Key], 30, 50));
    }

    [Fact]
    public void Cleanup_SameStoreAndMinute_ReadsTheSameInstancesAfterItWasReopened()
    {
        StartBusyEmulator(60);
        string[] first = ReadBy(Cleanup + " -RequestBudget 21 -WhatIf");
        Assert.Equal(20, first.Length);
        // The instances that were read are left out now, and the order does not change when the store is opened by another runspace.
        Emulator.Advance(TimeSpan.FromMinutes(1));
        string[] second = ReadBy(Cleanup + " -RequestBudget 21 -WhatIf");
        Assert.Empty(first.Intersect(second));
        Assert.Equal(20, second.Length);
    }

    [Fact]
    public void Cleanup_InTheMiddleOfItsWindows_Acts()
    {
        // One is proven idle; 40 others have begun their windows.
        StartIdleEmulator(41);
        for (int i = 1; i < 41; i++)
            Emulator.SetWorkload("inst_" + i, "busy");
        Tick(32, "Get-PRIdleInstance -For 00:30");
        for (int i = 1; i < 41; i++)
            Emulator.SetWorkload("inst_" + i, "idle");
        Tick(10, "Get-PRIdleInstance -For 00:30");
        Outcome outcome = Run(Cleanup + " -RequestBudget 60");
        Assert.Empty(outcome.Errors);
        Assert.Equal(["inst_0"], outcome.As<CleanupAction>().Where(static one => one.Action == CleanupOutcome.Stopped).Select(static one => one.Id));
    }

    [Fact]
    public void Cleanup_MostOfThoseThatWereAskedGiveNothing_Refuses()
    {
        StartIdleEmulator(47);
        Tick(32, "Get-PRIdleInstance -For 00:30 -RequestBudget 99");
        for (int i = 0; i < 30; i++)
            Emulator.SetWorkload("inst_" + i, "silent");
        Outcome outcome = Run(Cleanup + " -RequestBudget 200");
        Assert.StartsWith("MetricsOutage", Assert.Single(outcome.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(outcome.As<CleanupAction>(), static one => one.Action != CleanupOutcome.Skipped);
    }

    [Fact]
    public void Cleanup_ProtectedAndExcluded_CostNoReadings()
    {
        StartIdleEmulator(6);
        Do("Protect-PRInstance inst_1");
        Assert.Equal(["inst_0", "inst_3", "inst_4", "inst_5"], ReadBy(Cleanup + " -Exclude inst_2"));
    }

    [Fact]
    public void Cleanup_StopIsRefused_UsesNoMoreReadingsThatOthersNeed()
    {
        StartIdleEmulator(3);
        ReadFleet();
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/inst_2/stop", Status = 400, Text = "This provider cannot stop instances." });
        Assert.Contains("inst_2 Failed Refused", CleanUp("-ErrorAction SilentlyContinue"));
        Emulator.Advance(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("inst_2", ReadBy(CleanupCommand));
        // After its rest it is read again, with requests that are left over, and found idle again.
        Emulator.Advance(TimeSpan.FromMinutes(3));
        Assert.Contains("inst_2", ReadBy(CleanupCommand + " -ErrorAction SilentlyContinue"));
    }

    [Fact]
    public void Cleanup_StopWasRefusedOnce_IsTriedAgainAfterTheRest()
    {
        StartIdleEmulator(1);
        ReadFleet();
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/inst_0/stop", Status = 400, Text = "Not now.", Times = 1 });
        Assert.Equal(["inst_0 Failed Refused"], Text(RunCleanup()));
        Emulator.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["inst_0 Skipped Refused"], CleanUp());
        // The rest is at most 2.5 minutes, and the longest permitted gap 3 minutes.
        Emulator.Advance(TimeSpan.FromSeconds(125));
        Assert.Equal(["inst_0 Stopped Idle"], CleanUp());
    }

    [Fact]
    public void Cleanup_TotalOutage_IsReportedByEachRunAndEndsWithIt()
    {
        StartIdleEmulator(4);
        ReadFleet();
        foreach (string id in Ids)
            Emulator.SetWorkload(id, "silent");
        for (int minute = 0; minute < 40; minute++)
        {
            Emulator.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(["MetricsOutage"], RunCleanup().ErrorIds);
        }
        foreach (string id in Ids)
            Emulator.SetWorkload(id, "idle");
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Ids, ReadBy(CleanupCommand));
        // The window begins again with the first reading.
        Tick(9, CleanupCommand);
        Assert.Equal(4, RunningIds.Length);
        Tick(3, CleanupCommand);
        Assert.Empty(RunningIds);
    }

    [Fact]
    public void Cleanup_WhatIf_DoesNotChangeWhatTheNextRunReads()
    {
        StartIdleEmulator(2);
        ReadFleet();
        Assert.Equal(["inst_0 WouldStop Idle", "inst_1 WouldStop Idle"], CleanUp("-WhatIf"));
        Emulator.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Stopped Idle"], CleanUp());
    }

    [Fact]
    public void Cleanup_Silent_IsAskedLessAndLess()
    {
        StartIdleEmulator(2);
        Emulator.SetWorkload("inst_1", "silent");
        int[] asked = Enumerable.Range(0, 40).Select(minute =>
        {
            int count = ReadBy(Cleanup + " -MaxUnknownPercent 100").Count(static id => id == "inst_1");
            Emulator.Advance(TimeSpan.FromMinutes(1));
            return count;
        }).ToArray();
        // After 2, 3, 4, ... misses it rests for about 2, 4, 8 and 16 minutes.
        Assert.InRange(asked.Sum(), 4, 7);
        Assert.Equal(1, asked[0]);
    }

    [Fact]
    public void Cleanup_OnAFastClock_ReadsEachInstanceAtItsPlace()
    {
        // A minute of this emulator takes 12 seconds. The test host is not interactive, so the readings have places.
        StartEmulator(0, timeScale: 5);
        Emulator.SetBalance(1_000_000);
        for (int i = 0; i < 12; i++)
            AddIdleInstance(i);
        DateTimeOffset now = Emulator.UtcNow;
        // Begins in the first seconds of a minute of the emulator's clock.
        Emulator.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(now.UtcTicks % TimeSpan.TicksPerMinute));
        DateTimeOffset minute = Emulator.UtcNow;
        Emulator.ClearRequests();
        Do("Invoke-PRCleanup -IdleFor 00:30 -WhatIf 3>$null");
        foreach (EmulatorRequest request in Emulator.Requests.Where(static one => one.Path.EndsWith("/metrics", StringComparison.Ordinal)))
        {
            string id = Regex.Match(request.Path, "inst_[0-9]+").Value;
            double place = ReadingOrder.Place(id, minute).TotalSeconds;
            double second = (request.Time - minute).TotalSeconds + minute.UtcTicks % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerSecond;
            // A second of a busy machine is five seconds of this clock.
            Assert.InRange(second - place, -1, 25);
        }
        Assert.Equal(12, CountSent("GET */metrics"));
        double spread = Emulator.Requests.Max(static one => one.Time).Subtract(minute).TotalSeconds;
        Assert.True(spread > 35, "All readings were taken within " + spread + " s.");
    }

    [Fact]
    public void Verdict_IdleForHours_TellsSinceWhen()
    {
        StartIdleEmulator(2);
        Emulator.SetWorkload("inst_0", "busy");
        DateTimeOffset first = Emulator.UtcNow;
        Tick(100, "Get-PRIdleInstance -For 00:30");
        IdleVerdict[] verdicts = GetAll<IdleVerdict>("Get-PRIdleInstance -For 00:30 -All");
        Assert.Null(verdicts[0].IdleSince);
        Assert.Equal(Verdict.Idle, verdicts[1].Verdict);
        Assert.InRange((verdicts[1].IdleSince!.Value - first).TotalSeconds, 0, 50);
        Assert.InRange(verdicts[1].IdleFor!.Value.TotalMinutes, 99, 102);
        AssertLike("*IdleFor*", Do("Get-PRIdleInstance -NoSample | Format-Table | Out-String").As<string>()[0]);
    }

    [Fact]
    public void MinSamples_Auto_AsksRarelyBusyInstancesForMore()
    {
        StartIdleEmulator(2);
        // inst_0 works in every tenth reading, for two hours.
        for (int minute = 0; minute < 120; minute++)
        {
            Emulator.SetWorkload("inst_0", minute % 10 == 0 ? "busy" : "idle");
            Tick(1, "Get-PRIdleInstance");
        }
        Emulator.SetWorkload("inst_0", "idle");
        Tick(25, "Get-PRIdleInstance");
        Assert.Equal(["inst_0 Idle", "inst_1 Idle"], Verdicts("20"));
        Assert.Equal(["inst_0 Unknown", "inst_1 Idle"], Verdicts("Auto"));
        Tick(30, "Get-PRIdleInstance");
        Assert.Equal(["inst_0 Idle", "inst_1 Idle"], Verdicts("auto"));
        Assert.Equal("ParameterBindingFailed", Run("Get-PRIdleInstance -MinSamples many").EndedId is { } id && id.Contains("Argument", StringComparison.Ordinal) ? "ParameterBindingFailed" : null);

        string[] Verdicts(string samples) => GetAll<IdleVerdict>("Get-PRIdleInstance -For 00:30 -All -MinSamples " + samples).Select(static one => one.Id + " " + one.Verdict).ToArray();
    }

    [Fact]
    public void ClockOffset_MovesOnlyTheClockOfAServerOnThisMachine()
    {
        Environment.SetEnvironmentVariable("PULSERUN_CLOCK_OFFSET", "1.02:00:00");
        try
        {
            Shell.Set("key", new System.Net.NetworkCredential("", "pr_test_0123456789abcdef").SecurePassword);
            Context here = Get<Context>("Connect-PulseRun -BaseUri http://127.0.0.1:9 -ApiKey $key -PassThru");
            Assert.InRange((here.UtcNow - DateTimeOffset.UtcNow).TotalHours, 25.9, 26.1);
            Assert.True(here.HasMovedClock);
            Context there = Get<Context>("Connect-PulseRun -BaseUri https://api.pulserun.dev -ApiKey $key -PassThru");
            Assert.InRange((there.UtcNow - DateTimeOffset.UtcNow).TotalMinutes, -1, 1);
            Assert.False(there.HasMovedClock);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PULSERUN_CLOCK_OFFSET", null);
        }
    }

    [Fact]
    public void Cleanup_TwoRunsAtOnce_ReadDifferentInstances()
    {
        StartBusyEmulator(40);
        StartEmulatorAgainWithScale();
        RunningScript other = Start("Invoke-PRCleanup -IdleFor 00:30 -WhatIf -RequestBudget 21 3>$null");
        WaitUntil(() => CountSent("GET */metrics") > 0);
        Do("Invoke-PRCleanup -IdleFor 00:30 -WhatIf -RequestBudget 21 3>$null");
        other.Wait();
        string[] read = Sent.Where(static line => line.EndsWith("/metrics", StringComparison.Ordinal)).ToArray();
        Assert.Equal(40, read.Length);
        Assert.Equal(read.Length, read.Distinct().Count());
    }

    [Fact]
    public void Cleanup_StoppedInItsMinute_KeepsWhatItReadAndLeavesTheRestToTheNextRuns()
    {
        StartBusyEmulator(20);
        StartEmulatorAgainWithScale();
        RunningScript run = Start("Invoke-PRCleanup -IdleFor 00:30 -WhatIf 3>$null");
        WaitUntil(() => CountSent("GET */metrics") >= 3);
        run.Stop();
        string[] read = Sent.Where(static line => line.EndsWith("/metrics", StringComparison.Ordinal)).ToArray();
        Assert.InRange(read.Length, 3, 19);
        // Another run at once leaves the leased instances alone; two minutes later the leases have expired.
        Emulator.Advance(TimeSpan.FromMinutes(2));
        string[] next = ReadBy("Invoke-PRCleanup -IdleFor 00:30 -WhatIf -Jitter 0 3>$null");
        foreach (string id in Ids.Where(id => !read.Any(line => line.Contains(id + "/", StringComparison.Ordinal))))
            Assert.Contains(id, next);
        Assert.True(GetAll<InstanceMetrics>("Get-PRInstanceMetrics -History").Length >= read.Length - 1 + next.Length);
    }

    [Fact]
    public void Cleanup_FleetBeyondItsReadings_WarnsOnceADay()
    {
        StartIdleEmulator(30);
        // Three readings in 12 minutes are five less than the windows need.
        for (int i = 0; i < 3; i++)
        {
            Do("Get-PRIdleInstance");
            Emulator.Advance(TimeSpan.FromMinutes(4));
        }
        Outcome first = Run(Cleanup + " -RequestBudget 6");
        string warning = Assert.Single(first.Warnings, static text => text.Contains("too large", StringComparison.Ordinal));
        Assert.Contains("Use a window longer than 30 minutes", warning, StringComparison.Ordinal);
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Outcome second = Run(Cleanup + " -RequestBudget 6 -Verbose 4>&1");
        Assert.DoesNotContain(second.Warnings, static text => text.Contains("too large", StringComparison.Ordinal));
    }

    [Fact]
    public void IdleInstance_BudgetForAPart_UsesTheReadingOrder()
    {
        StartBusyEmulator(6);
        Emulator.SetWorkload("inst_2", "idle");
        Do("Get-PRIdleInstance");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        // A window has begun, so it comes first, although all were read at the same time and others cost more.
        Assert.Equal(["inst_2"], ReadBy("Get-PRIdleInstance -RequestBudget 2"));
    }

    private void StartBusyEmulator(int instances)
    {
        StartIdleEmulator(instances);
        foreach (string id in Ids)
            Emulator.SetWorkload(id, "busy");
    }

    private void StartEmulatorAgainWithScale()
    {
        int count = Ids.Length;
        StartEmulator(0, timeScale: 5);
        Emulator.SetBalance(1_000_000);
        for (int i = 0; i < count; i++)
            AddIdleInstance(i);
        Emulator.ClearRequests();
    }

    /// <summary>Runs a script once a minute.</summary>
    private void Tick(int minutes, string script)
    {
        for (int i = 0; i < minutes; i++)
        {
            Do(script);
            Emulator.Advance(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Runs a script, and returns the instances whose metrics it read, in the order of their numbers.</summary>
    private string[] ReadBy(string script)
    {
        Emulator.ClearRequests();
        Run(script);
        return Sent.Where(static line => line.EndsWith("/metrics", StringComparison.Ordinal))
            .Select(static line => Regex.Match(line, "inst_[0-9]+").Value)
            .OrderBy(static id => int.Parse(id[5..], CultureInfo.InvariantCulture)).ToArray();
    }
}
