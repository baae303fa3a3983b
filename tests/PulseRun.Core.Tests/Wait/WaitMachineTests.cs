using System;
using PulseRun.Core.Wait;
using Xunit;

namespace PulseRun.Core.Tests.Wait;

public class WaitMachineTests
{
    [Theory]
    [InlineData("running+", "Reached", "Reached", "Waiting", "Waiting")]
    [InlineData("RUNNING+", "Reached", "Reached", "Waiting", "Waiting")]
    [InlineData("running", "Waiting", "Reached", "Waiting", "Waiting")]
    [InlineData("provisioning", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("provisioning+", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("starting", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("stopping", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("stopped", "Waiting", "Waiting", "Reached", "Waiting")]
    [InlineData("terminating", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("terminated", "Terminal", "Terminal", "Terminal", "Reached")]
    [InlineData("failed", "Terminal", "Terminal", "Terminal", "Terminal")]
    [InlineData("error", "Terminal", "Terminal", "Terminal", "Terminal")]
    [InlineData("hibernating", "Waiting", "Waiting", "Waiting", "Waiting")]
    [InlineData("", "Waiting", "Waiting", "Waiting", "Waiting")]
    public void Evaluate_Listed_ReturnsTheProgress(string status, string ready, string running, string stopped, string terminated)
    {
        bool isReachable = status.TrimEnd('+').Length < status.Length;
        var instance = new Instance
        {
            Id = "a",
            Status = status.Length == 0 ? null : status.TrimEnd('+'),
            Ip = isReachable ? "10.0.0.1" : null,
            SshCommand = isReachable ? "ssh root@10.0.0.1" : null,
        };
        var observation = new Observation { Listed = instance, WasListed = true, Waited = TimeSpan.FromSeconds(5) };
        Assert.Equal(ready, WaitMachine.Evaluate(WaitTarget.Ready, observation).Progress.ToString());
        Assert.Equal(running, WaitMachine.Evaluate(WaitTarget.Running, observation).Progress.ToString());
        Assert.Equal(stopped, WaitMachine.Evaluate(WaitTarget.Stopped, observation).Progress.ToString());
        Assert.Equal(terminated, WaitMachine.Evaluate(WaitTarget.Terminated, observation).Progress.ToString());
    }

    [Theory]
    [InlineData(WaitTarget.Ready, true, true, 5, "Terminal")]
    [InlineData(WaitTarget.Stopped, true, true, 5, "Terminal")]
    [InlineData(WaitTarget.Terminated, true, true, 5, "Reached")]
    [InlineData(WaitTarget.Terminated, true, false, 5, "Reached")]
    [InlineData(WaitTarget.Ready, true, false, 5, "Waiting")]
    [InlineData(WaitTarget.Ready, true, false, 30, "Terminal")]
    [InlineData(WaitTarget.Ready, false, true, 500, "Waiting")]
    [InlineData(WaitTarget.Terminated, false, true, 500, "Waiting")]
    public void Evaluate_NotListed_ReturnsTheProgress(WaitTarget target, bool complete, bool wasListed, int waited, string expected)
    {
        var observation = new Observation { Listed = null, IsComplete = complete, WasListed = wasListed, Waited = TimeSpan.FromSeconds(waited) };
        Assert.Equal(expected, WaitMachine.Evaluate(target, observation).Progress.ToString());
    }

    /// <summary>After a failed instance was removed or restarted, the next lists may still report it as failed.</summary>
    [Theory]
    [InlineData(WaitTarget.Terminated, "failed", "failed", 5, "Waiting")]
    [InlineData(WaitTarget.Terminated, "failed", "failed", 30, "Terminal")]
    [InlineData(WaitTarget.Ready, "error", "error", 5, "Waiting")]
    [InlineData(WaitTarget.Ready, "error", "failed", 5, "Terminal")]
    [InlineData(WaitTarget.Ready, "running", "failed", 5, "Terminal")]
    public void Evaluate_StateBeforeTheChange_IsTolerated(WaitTarget target, string before, string now, int waited, string expected)
    {
        var observation = new Observation { Listed = new Instance { Id = "a", Status = now }, WasListed = true, Waited = TimeSpan.FromSeconds(waited), StatusBefore = before };
        Assert.Equal(expected, WaitMachine.Evaluate(target, observation).Progress.ToString());
    }

    [Fact]
    public void Evaluate_Reasons_ReadAsTheEndOfASentence()
    {
        Assert.Equal("is failed", Reason(WaitTarget.Ready, new Instance { Status = "failed" }));
        Assert.Equal("is provisioning", Reason(WaitTarget.Ready, new Instance { Status = "provisioning" }));
        Assert.Equal("is running without an address", Reason(WaitTarget.Ready, new Instance { Status = "running" }));
        Assert.Equal("is running without an ssh command", Reason(WaitTarget.Ready, new Instance { Status = "running", Ip = "10.0.0.1" }));
        Assert.Equal("is in an unknown state", Reason(WaitTarget.Stopped, new Instance()));
        Assert.Equal("is gone from the list", Reason(WaitTarget.Ready, null));
    }

    private static string? Reason(WaitTarget target, Instance? listed) =>
        WaitMachine.Evaluate(target, new Observation { Listed = listed, WasListed = true, Waited = TimeSpan.Zero }).Reason;

    [Theory]
    [InlineData(0, 900, null, 2)]
    [InlineData(8, 900, null, 2)]
    [InlineData(20, 900, null, 5)]
    [InlineData(60, 900, null, 15)]
    [InlineData(6000, 900, null, 15)]
    [InlineData(60, 4, null, 4.02)]
    [InlineData(60, 0, null, 0)]
    [InlineData(60, -5, null, 0)]
    [InlineData(-60, 900, null, 2)]
    [InlineData(60, 900, 1.0, 1)]
    [InlineData(0, 900, 60.0, 60)]
    [InlineData(0, 30, 60.0, 30.02)]
    [InlineData(0, 30, 30.0, 30.02)]
    public void Next_Adapts(double sinceChange, double remaining, double? fixedSeconds, double expected)
    {
        TimeSpan? interval = fixedSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Assert.Equal(expected, PollInterval.Next(TimeSpan.FromSeconds(sinceChange), TimeSpan.FromSeconds(remaining), interval).TotalSeconds);
    }
}
