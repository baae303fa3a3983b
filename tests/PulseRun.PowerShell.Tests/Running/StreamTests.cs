using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests the verbose, debug, warning and progress output of a running command.</summary>
public class StreamTests : CmdletTests
{
    public StreamTests() => StartEmulator();

    [Fact]
    public void Verbose_has_each_request_with_method_path_status_duration_and_attempt() =>
        Assert.Single(
            Do("Stop-PRInstance -Id $ids[0] -Confirm:$false -Verbose").Verbose,
            line => System.Text.RegularExpressions.Regex.IsMatch(line, $@"^POST /v1/instances/{Ids[0]}/stop: 200 after \d+ ms \(attempt 1\)"));

    [Fact]
    public void Verbose_says_why_a_request_is_repeated_and_what_came_of_it()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Times = 1, Path = "*/metrics" });
        string text = string.Join("\n", Do("Get-PRInstanceMetrics -Id $ids[0] -Verbose").Verbose);
        Assert.Matches(@"/metrics: 500 after .*\(attempt 1\)", text);
        Assert.Matches(@"Again in [\d.]+ s \(attempt 2 of 4\)", text);
        Assert.Matches(@"/metrics: 200 after .*\(attempt 2\)", text);
    }

    [Fact]
    public void Verbose_says_why_it_waits()
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Times = 1, Path = "*/metrics" });
        Assert.Matches(Ids[0] + @" waits: rate limit, \d+ s", string.Join("\n", Do("Get-PRInstanceMetrics -Id $ids[0] -Verbose").Verbose));
    }

    [Fact]
    public void Headers_and_bodies_come_with_Debug_only()
    {
        string debug = string.Join("\n", Do("Get-PRInstance -Id $ids[0] -Debug").Debug);
        Assert.All(
            new[] { "> GET /v1/instances/" + Ids[0], "User-Agent: PulseRun", "< 200", "Content-Type: application/json", "\"gpu_name\"" },
            part => Assert.Contains(part, debug));
        Assert.Empty(Do("Get-PRInstance -Id $ids[0] -Verbose").Debug);
    }

    [Fact]
    public void By_default_there_are_objects_only()
    {
        Outcome done = Run("Get-PRInstance; Stop-PRInstance -Id $ids[0] -Confirm:$false; New-PRInstance rtx_4090 pytorch -Confirm:$false");
        Assert.Equal(8, done.All.Count);
        Assert.All(done.All, one => Assert.IsType<Instance>(one));
        Assert.Empty(Shell.Host.Lines);
    }

    [Fact]
    public void Progress_shows_how_far_long_work_has_got_and_the_failures()
    {
        // Two requests run concurrently, and those of the second pair wait.
        Delay("*/stop", skip: 2);
        string[] ids = Ids;
        using RunningScript stopping = Start("'" + string.Join("', '", ids[0], ids[4], ids[1], ids[2], ids[5]) + "' | Stop-PRInstance -Confirm:$false -ThrottleLimit 2");
        ProgressRecord[] Records() => stopping.Progress.Where(static one => one.Activity == "Stop-PRInstance").ToArray();
        WaitUntil(() => Records().Any(static one => one.StatusDescription == "2/5, 1 failed"));
        Emulator.ClearFaults();
        stopping.Wait();
        ProgressRecord[] progress = Records();
        Assert.Equal(ProgressRecordType.Completed, progress[^1].RecordType);
    }

    [Fact]
    public void Progress_shows_what_is_waited_for()
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Times = 1, RetryAfter = 2 });
        Assert.Contains(Do("Get-PRInstance").Progress, one => System.Text.RegularExpressions.Regex.IsMatch(one.StatusDescription, @"rate limit, \d+ s"));
    }

    [Fact]
    public void Quick_work_shows_no_progress() =>
        // A list that a busy machine answers late is no quick work.
        WaitUntil(() => Do("Get-PRInstance").Progress.Count == 0);

    [Fact]
    public void Progress_can_be_switched_off()
    {
        Fail(new() { Kind = EmulatorFaultKind.Delay, Duration = TimeSpan.FromMilliseconds(1500) });
        Assert.Empty(Do("$ProgressPreference = 'SilentlyContinue'; Get-PRInstance").Progress);
    }
}
