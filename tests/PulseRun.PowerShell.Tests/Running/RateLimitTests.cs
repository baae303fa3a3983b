using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

public class RateLimitTests : CmdletTests
{
    [Fact]
    public void A_job_larger_than_the_limit_waits_and_succeeds_with_few_refusals()
    {
        // One minute of this emulator is one real second.
        StartEmulator(150, requestsPerMinute: 60, timeScale: 60);
        int running = Running.Length;
        // Objects of a list, because an id without metrics costs one more request.
        Outcome done = Run("Get-PRInstance -Status running | Get-PRInstanceMetrics");
        Assert.All(done.ErrorIds, id => Assert.Equal("MetricsUnavailable", id));
        Assert.Equal(running, done.Output.Count + done.Errors.Count);
        Assert.Equal(1 + running, Emulator.Requests.Count(one => one.Status != 429));
        // 126 requests at 60 per minute need two pauses. Before the first one each of the 16 workers can be rejected once.
        Assert.InRange(Emulator.Requests.Count(one => one.Status == 429), 0, 16 + 4);
    }

    [Fact]
    public void All_runspaces_share_it()
    {
        StartEmulator();
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Times = 1, RetryAfter = 1, Path = "*/inst_first*" });
        using RunningScript first = Start("'inst_first' | Get-PRInstanceMetrics -Verbose");
        WaitUntil(() => first.VerboseText.Contains("rate limit", StringComparison.Ordinal));
        // The rejection of the first runspace also makes this one wait: its request is sent after the retry of the first.
        Run("Get-PRInstanceMetrics -Id inst_second");
        first.Wait();
        Assert.True((Emulator.Requests[1].Time - Emulator.Requests[0].Time).TotalSeconds > 0.9);
    }

    [Fact]
    public void RequestsPerMinute_keeps_it_ahead_of_time()
    {
        StartEmulator(20, connect: "-RequestsPerMinute 5 -MaxWaitSec 1");
        Outcome done = Run("Get-PRInstance -Status running | Select-Object -First 8 | Get-PRInstanceMetrics");
        // One request is the list. The readings are concurrent, so any four of them can be the ones that wait; an instance can have no metrics.
        Assert.Equal(4, done.ErrorIds.Count(id => id == "RateLimited"));
        Assert.Equal(4, done.Output.Count + done.ErrorIds.Count(id => id == "MetricsUnavailable"));
        Assert.Equal(5, Sent.Length);
    }

    [Fact]
    public void It_is_not_waited_for_longer_than_allowed()
    {
        StartEmulator(connect: "-MaxWaitSec 2");
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 600 });
        Outcome done = Run("Get-PRInstance");
        Assert.Equal(["RateLimited"], done.ErrorIds);
        Assert.Matches("600|10 min", done.Errors[0].ToString());
        Assert.Single(Sent);
    }

    [Fact]
    public void A_long_wait_is_one_warning_where_no_progress_is_shown()
    {
        StartEmulator(2);
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 3, Times = 1 });
        Outcome done = Do("$ProgressPreference = 'SilentlyContinue'; Get-PRInstance");
        Assert.Contains("rate limit", Assert.Single(done.Warnings));
        Assert.Equal(2, done.Output.Count);
        // A short one is a part of normal work.
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 1, Times = 1 });
        Assert.Empty(Do("Get-PRInstance").Warnings);
    }

    [Fact]
    public void The_progress_line_counts_a_wait_down()
    {
        StartEmulator(2);
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 4, Times = 1 });
        int[] seconds = Do("Get-PRInstance").Progress
            .Select(one => Regex.Match(one.StatusDescription, @"rate limit, (\d+) s"))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.True(seconds.Distinct().Count() > 1);
        Assert.Equal(seconds.OrderDescending(), seconds);
    }
}
