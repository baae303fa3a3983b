using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Answers;

/// <summary>Tests metrics responses in undocumented or invalid forms.</summary>
public class MetricsAnswerTests : CmdletTests
{
    private const string Read = "Get-PRInstanceMetrics -Id $ids[0]";

    public MetricsAnswerTests() => StartEmulator(connect: "-TimeoutSec 3");

    [Theory]
    [InlineData("Plain", false)]
    [InlineData("Suffix", false)]
    [InlineData("GpusObjects", true)]
    [InlineData("GpusNumbers", true)]
    public void Every_form_is_read(string form, bool perGpu)
    {
        Emulator.SetWorkload(Ids[0], [new() { GpuUtilization = 80, MemoryUsage = 40, DiskUsage = 20 }], TimeSpan.Zero);
        Fail(new() { Kind = EmulatorFaultKind.MetricsForm, Form = form });
        InstanceMetrics metrics = Get<InstanceMetrics>(Read);
        Assert.Equal((80, 20), (metrics.GpuUtilization, metrics.DiskUsage));
        Assert.True(metrics.Uptime > TimeSpan.Zero);
        if (perGpu)
            Assert.Equal([80, 40], metrics.Gpus.Select(gpu => gpu.Utilization));
        else
        {
            Assert.Equal(40, metrics.MemoryUsage);
            Assert.Empty(metrics.Gpus);
        }
        Assert.Empty(metrics.AdditionalProperties);
    }

    [Fact]
    public void Zero_is_not_unknown()
    {
        Fail(new() { Kind = EmulatorFaultKind.MetricsZero, Times = 1 });
        Assert.Equal(0, Get<InstanceMetrics>(Read).GpuUtilization);
        Fail(new() { Kind = EmulatorFaultKind.MetricsNull });
        InstanceMetrics metrics = Get<InstanceMetrics>(Read);
        Assert.All(new object?[] { metrics.GpuUtilization, metrics.MemoryUsage, metrics.DiskUsage, metrics.Uptime }, Assert.Null);
    }

    [Fact]
    public void Missing_readings_are_unknown()
    {
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Names = ["gpu_utilization", "uptime"] });
        InstanceMetrics metrics = Get<InstanceMetrics>(Read);
        Assert.Null(metrics.GpuUtilization);
        Assert.Null(metrics.Uptime);
        Assert.NotNull(metrics.DiskUsage);
    }

    [Fact]
    public void An_instance_without_metrics_is_an_error()
    {
        Fail(new() { Kind = EmulatorFaultKind.MetricsMissing });
        Outcome done = Run(Read);
        Assert.Equal(["MetricsUnavailable"], done.ErrorIds);
        AssertLike("*" + Ids[0] + "*running*", done.Errors[0].Exception.Message);
        // One more request shows that the instance is there.
        Assert.Equal([$"GET /v1/instances/{Ids[0]}/metrics", $"GET /v1/instances/{Ids[0]}"], Sent);
    }

    [Fact]
    public void A_listed_instance_without_metrics_costs_no_further_request()
    {
        Do("$listed = Get-PRInstance -Id $ids[0]");
        Emulator.ClearRequests();
        Fail(new() { Kind = EmulatorFaultKind.MetricsMissing });
        Assert.Equal(["MetricsUnavailable"], Run("$listed | Get-PRInstanceMetrics").ErrorIds);
        Assert.Equal([$"GET /v1/instances/{Ids[0]}/metrics"], Sent);
    }

    [Fact]
    public void An_instance_that_does_not_exist_is_another_error() =>
        Assert.Equal(["InstanceNotFound"], Run("Get-PRInstanceMetrics -Id inst_nosuch").ErrorIds);

    [Fact]
    public void A_body_that_stalls_ends_at_the_time_limit()
    {
        // The time limit of 3 s set above applies, because it is shorter than the 30 s limit for a stalled body.
        Fail(new() { Kind = EmulatorFaultKind.StalledBody, Path = "*/metrics" });
        Assert.Equal(["RequestTimeout"], Run(Read).ErrorIds);
    }
}
