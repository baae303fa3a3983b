using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetInstanceMetricsTests : CmdletTests
{
    public GetInstanceMetricsTests() => StartEmulator();

    [Fact]
    public void It_reads_the_load_of_an_instance()
    {
        var metrics = Get<InstanceMetrics>("Get-PRInstanceMetrics -Id $ids[0]");
        Assert.Equal(Ids[0], metrics.Id);
        Assert.All(new[] { metrics.GpuUtilization, metrics.MemoryUsage, metrics.DiskUsage }, value => Assert.InRange(value!.Value, 0, 100));
        Assert.NotNull(metrics.Uptime);
        Assert.Equal(TimeSpan.Zero, metrics.SampledAt.Offset);
        Assert.Equal([$"GET /v1/instances/{Ids[0]}/metrics"], Sent);
    }

    [Fact]
    public void It_reads_many_in_the_order_given_for_one_request_each()
    {
        Assert.Equal([Ids[2], Ids[0], Ids[1]], GetAll<InstanceMetrics>("$ids[2, 0, 1] | Get-PRInstanceMetrics").Select(one => one.Id));
        Assert.Equal(3, Sent.Length);
    }

    [Fact]
    public void Instances_without_metrics_are_errors_and_the_rest_goes_on()
    {
        Outcome done = Run("Get-PRInstanceMetrics -Id $ids[5], $ids[3], $ids[0]");
        Assert.Equal(["MetricsUnavailable", "Conflict"], done.ErrorIds);
        Assert.Equal([Ids[5], Ids[3]], done.Errors.Select(error => error.TargetObject));
        Assert.Equal(Ids[0], Assert.Single(done.As<InstanceMetrics>()).Id);
    }

    [Fact]
    public void It_shows_the_readings_of_a_script()
    {
        Emulator.SetWorkload(
            Ids[0],
            [
                new() { GpuUtilization = 12.5, MemoryUsage = 40, DiskUsage = 3 },
                new() { GpuUtilization = 0, MemoryUsage = null, DiskUsage = 3, Gpus = [7, null] },
            ],
            TimeSpan.Zero);
        InstanceMetrics[] read = GetAll<InstanceMetrics>("1..2 | ForEach-Object { Get-PRInstanceMetrics -Id $ids[0] }");
        Assert.Equal((12.5, 40), (read[0].GpuUtilization, read[0].MemoryUsage));
        Assert.Equal(0, read[1].GpuUtilization);
        Assert.Null(read[1].MemoryUsage);
        Assert.Equal([7, null], read[1].Gpus.Select(gpu => gpu.Utilization));
    }

    [Fact]
    public void Negative_and_impossible_readings_are_unknown()
    {
        Emulator.SetWorkload(Ids[0], [new() { GpuUtilization = -1, MemoryUsage = double.NaN, DiskUsage = 50 }], TimeSpan.Zero);
        var metrics = Get<InstanceMetrics>("Get-PRInstanceMetrics -Id $ids[0]");
        Assert.Null(metrics.GpuUtilization);
        Assert.Null(metrics.MemoryUsage);
        Assert.Equal(50, metrics.DiskUsage);
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("'*'")]
    public void An_id_that_is_none_sends_nothing(string id)
    {
        Assert.Equal(["InvalidRequest"], Run("Get-PRInstanceMetrics -Id " + id).ErrorIds);
        Assert.Empty(Sent);
    }
}
