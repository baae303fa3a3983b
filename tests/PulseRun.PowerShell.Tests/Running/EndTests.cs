using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests pipelines that end early, by Ctrl+C or because a downstream command stops them.</summary>
public class EndTests : CmdletTests
{
    private readonly string[] _stoppable;

    public EndTests()
    {
        StartEmulator(20);
        _stoppable = Running.Where(one => one.Provider != "lambda").Select(one => one.Id).ToArray();
    }

    private static string List(params string[] ids) => "'" + string.Join("', '", ids) + "'";

    [Theory]
    [InlineData("Get-PRInstance", "*", "GET /v1/instances", 1)]
    [InlineData("Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false", "*/stop", "*/stop", 16)]
    [InlineData("New-PRInstance rtx_4090 pytorch", "*", "POST /v1/instances", 1)]
    [InlineData("'inst_a', 'inst_b' | Get-PRInstanceMetrics", "*", "*/metrics", 2)]
    public void Stop_returns_at_once_while_the_server_hangs_and_leaves_nothing_running(string script, string path, string sent, int count)
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = path });
        using RunningScript running = Start(script);
        WaitUntil(() => CountSent(sent) >= count);
        int before = Sent.Length;
        var clock = Stopwatch.StartNew();
        running.Stop();
        // The time limit of a request is 100 s.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
        Assert.Equal(PSInvocationState.Stopped, running.State);
        // No further request is sent: neither a retry nor the next item.
        Run("Get-PRInstanceMetrics -Id inst_a -Context ($emulator | Connect-PulseRun -TimeoutSec 1 -PassThru)");
        Assert.All(Sent.Skip(before), line => Assert.Contains("/inst_a", line));
    }

    [Fact]
    public void A_warning_names_the_acts_that_were_sent_and_not_confirmed()
    {
        string[] ids = _stoppable[..3];
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{ids[1]}/stop" });
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{ids[2]}/stop" });
        using RunningScript stopping = Start(List(ids) + " | Stop-PRInstance -Confirm:$false");
        WaitUntil(() => Emulator.Requests.Count(one => one.Status == 200) == 1 && CountSent("*/stop") == 3);
        stopping.Stop();
        Assert.All(new[] { ids[1], ids[2], "Get-PRInstance" }, part => Assert.Contains(part, stopping.WarningText));
    }

    [Fact]
    public void Equal_launches_are_told_apart_when_one_was_answered()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang, Method = "POST", Skip = 1 });
        using RunningScript launching = Start("1..2 | ForEach-Object { [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch' } } | New-PRInstance -Confirm:$false -ThrottleLimit 1");
        WaitUntil(() => CountSent("POST *") == 2);
        launching.Stop();
        Assert.Contains("launch was sent and is not confirmed for rtx_4090", launching.WarningText);
    }

    [Fact]
    public void There_is_no_warning_where_nothing_was_acted_on()
    {
        Fail(new() { Kind = EmulatorFaultKind.Hang });
        using RunningScript listing = Start("Get-PRInstance");
        WaitUntil(() => Sent.Length >= 1);
        listing.Stop();
        Assert.Empty(listing.WarningText);
    }

    [Theory]
    [InlineData("| Select-Object -First 1", false)]
    [InlineData("| ForEach-Object { throw 'downstream' }", true)]
    [InlineData("| ForEach-Object { break }", false)]
    public void An_end_downstream_cancels_the_rest_and_warns(string downstream, bool fails)
    {
        string[] ids = _stoppable[..5];
        Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{ids[1]}/stop" });
        Delay($"*/{ids[0]}/stop");
        using RunningScript stopping = Start($"foreach ($once in 1) {{ {List(ids)} | Stop-PRInstance -Confirm:$false {downstream} }}");
        // The first one is answered when all others have been sent.
        WaitUntil(() => CountSent("*/stop") == 5);
        Emulator.ClearFaults();
        if (fails)
            AssertLike("*downstream*", Assert.ThrowsAny<RuntimeException>(stopping.Wait).Message);
        else
            stopping.Wait();
        AssertLike($"*stop was sent and is not confirmed for*{ids[1]}*", stopping.WarningText);
    }

    [Fact]
    public void A_list_without_end_ends_when_the_next_command_has_enough()
    {
        Fail(new() { Kind = EmulatorFaultKind.HugeAnswer });
        Assert.Equal("inst_endless", Get<Instance>("Get-PRInstance | Select-Object -First 1").Id);
    }

    [Fact]
    public void The_next_pipeline_works_as_if_nothing_had_been()
    {
        // Not by the number of requests, because the first item's request need not arrive first.
        foreach (Instance one in Running.Skip(1))
            Fail(new() { Kind = EmulatorFaultKind.Hang, Path = $"*/{one.Id}/metrics" });
        Do("Get-PRInstance -Status running | Get-PRInstanceMetrics | Select-Object -First 1");
        Emulator.ClearFaults();
        Assert.Equal(20, GetAll<Instance>("Get-PRInstance").Length);
    }
}
