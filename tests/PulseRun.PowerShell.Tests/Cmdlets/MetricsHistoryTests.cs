using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Get-PRInstanceMetrics -History.</summary>
public class MetricsHistoryTests : IdleTests
{
    [Fact]
    public void It_returns_what_was_read_as_it_was_read_and_sends_nothing()
    {
        StartIdleEmulator(2);
        Emulator.SetWorkload("inst_0", [new() { GpuUtilization = 12.5, MemoryUsage = 30, DiskUsage = 40, Gpus = [12.5, null, 3] }], TimeSpan.Zero);
        Emulator.SetWorkload("inst_1", "blank");
        InstanceMetrics[] read = GetAll<InstanceMetrics>("Get-PRInstance | Get-PRInstanceMetrics");
        Emulator.ClearRequests();
        InstanceMetrics[] kept = GetAll<InstanceMetrics>("Get-PRInstanceMetrics -History");
        Assert.Empty(Sent);
        Assert.Equal(Ids, kept.Select(one => one.Id).Order());
        InstanceMetrics full = kept.Single(one => one.Id == "inst_0");
        Assert.Equal((12.5, 30, 40), (full.GpuUtilization, full.MemoryUsage, full.DiskUsage));
        Assert.Equal(read[0].Uptime, full.Uptime);
        Assert.Equal([12.5, null, 3], full.Gpus.Select(gpu => gpu.Utilization));
        Assert.InRange((full.SampledAt - read[0].SampledAt).TotalMilliseconds, -1, 1);
        Assert.Null(kept.Single(one => one.Id == "inst_1").GpuUtilization);
    }

    [Theory]
    [InlineData("Get-PRInstanceMetrics inst_0")]
    [InlineData("Get-PRIdleInstance")]
    [InlineData(CleanupCommand)]
    public void Whatever_reads_metrics_adds_to_it(string command)
    {
        StartIdleEmulator(1);
        // The cleanup writes an error, as one reading proves nothing.
        Run(command);
        Get<InstanceMetrics>("Get-PRInstanceMetrics -History");
    }

    [Fact]
    public void Since_and_Id_choose_from_the_pipeline_too_and_the_oldest_comes_first()
    {
        StartIdleEmulator(2);
        ReadFleet(4);
        Shell.Set("since", Emulator.UtcNow.AddMinutes(-3));
        int Count(string script) => GetAll<InstanceMetrics>(script).Length;
        Assert.Equal(8, Count("Get-PRInstanceMetrics -History"));
        Assert.Equal(4, Count("Get-PRInstanceMetrics -History -Since $since"));
        InstanceMetrics[] own = GetAll<InstanceMetrics>("Get-PRInstanceMetrics -Id inst_1 -History -Since $since");
        Assert.Equal(["inst_1", "inst_1"], own.Select(one => one.Id));
        Assert.True(own[0].SampledAt < own[1].SampledAt);
        Assert.Equal(4, Count("Get-PRInstance -Id inst_0 | Get-PRInstanceMetrics -History"));
        Assert.Equal(0, Count("Get-PRInstanceMetrics -History -Id inst_9"));
    }

    [Fact]
    public void It_is_of_one_account_only_and_what_it_returns_is_acted_on_with_its_connection()
    {
        Emulator one = StartIdleEmulator(1);
        ReadFleet(1);
        Do("$context = Get-PRContext");
        Emulator two = StartIdleEmulator(1);
        Assert.Empty(Do("Get-PRInstanceMetrics -History").Output);
        Assert.Equal("stopped", Get<Instance>("Get-PRInstanceMetrics -History -Context $context | Stop-PRInstance -Confirm:$false").Status);
        Assert.Empty(SentTo(two));
        Assert.Equal("stopped", one.Instances[0].Status);
        Assert.Equal("running", two.Instances[0].Status);
    }

    [Fact]
    public void It_keeps_14_days_and_older_readings_go_with_the_next_ones()
    {
        StartIdleEmulator(1);
        ReadFleet(2);
        long old = DateTimeOffset.UtcNow.AddDays(-14).AddMinutes(-1).ToUnixTimeMilliseconds();
        ExecuteInStore(FormattableString.Invariant(
            $"INSERT INTO sample (ts, instance, judged, uptime) VALUES ({old}, (SELECT max(id) FROM instance), 0, -1), ({old + 120_000}, (SELECT max(id) FROM instance), 0, -1)"));
        Assert.Equal(4, GetAll<InstanceMetrics>("Get-PRInstanceMetrics -History").Length);
        Do("Get-PRInstanceMetrics inst_0");
        InstanceMetrics[] kept = GetAll<InstanceMetrics>("Get-PRInstanceMetrics -History");
        Assert.Equal(4, kept.Length);
        Assert.Equal(old + 120_000, kept[0].SampledAt.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void A_store_that_cannot_be_used_is_one_warning_and_the_readings_come()
    {
        StartIdleEmulator(3);
        WithoutStore(() =>
        {
            Outcome done = Do("Get-PRInstance | Get-PRInstanceMetrics");
            Assert.Equal(3, done.As<InstanceMetrics>().Length);
            Assert.Single(done.Warnings);
        });
    }
}
