using System;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Json;

public class MetricsJsonTests
{
    [Theory]
    [InlineData("{\"gpu_utilization\":12.5,\"memory_usage\":40,\"disk_usage\":7,\"uptime\":3600}", 12.5, 40.0, 7.0, 3600.0)]
    [InlineData("{\"gpu_utilization_percent\":12.5,\"memory_usage_percent\":40,\"disk_usage_percent\":7,\"uptime_seconds\":3600.5}", 12.5, 40.0, 7.0, 3600.5)]
    [InlineData("{\"gpu_utilization\":\"12.5\",\"memory_usage\":\"NaN\",\"uptime\":\"60\"}", 12.5, null, null, 60.0)]
    [InlineData("{\"gpu_utilization\":0,\"memory_usage\":-1,\"disk_usage\":null,\"uptime\":-5}", 0.0, null, null, null)]
    [InlineData("{\"gpu_utilization\":null,\"gpu_utilization_percent\":9}", 9.0, null, null, null)]
    [InlineData("{\"uptime\":1e300}", null, null, null, null)]
    [InlineData("{}", null, null, null, null)]
    public async Task Readings_OfEveryName_AreUnderstood(string json, double? gpu, double? memory, double? disk, double? uptime)
    {
        var metrics = await ReadAsync(json);
        Assert.Equal(gpu, metrics.GpuUtilization);
        Assert.Equal(memory, metrics.MemoryUsage);
        Assert.Equal(disk, metrics.DiskUsage);
        Assert.Equal(uptime, metrics.Uptime?.TotalSeconds);
        Assert.Empty(metrics.AdditionalProperties);
    }

    [Theory]
    [InlineData("{\"gpus\":[10,90,null]}", 90.0, new[] { 10.0, 90.0, -1 })]
    [InlineData("{\"gpus\":[{\"gpu_utilization\":5,\"memory_usage\":1},{\"utilization_percent\":6},{}]}", 6.0, new[] { 5.0, 6.0, -1 })]
    [InlineData("{\"gpu_utilization\":1,\"gpus\":[50]}", 1.0, new[] { 50.0 })]
    [InlineData("{\"gpus\":[]}", null, new double[0])]
    [InlineData("{\"gpus\":[-1,\"x\"]}", null, new[] { -1.0, -1 })]
    public async Task Gpus_GiveTheHighest_WithoutAnOverallValue(string json, double? gpu, double[] each)
    {
        var metrics = await ReadAsync(json);
        Assert.Equal(gpu, metrics.GpuUtilization);
        Assert.Equal(each, metrics.Gpus.Select(g => g.Utilization ?? -1));
        Assert.Equal(Enumerable.Range(0, each.Length), metrics.Gpus.Select(g => g.Index));
    }

    [Fact]
    public async Task OtherProperties_AreKept()
    {
        var metrics = await ReadAsync("{\"id\":\"inst_1\",\"instance_id\":\"inst_9\",\"temperature\":60,\"gpu_utilization\":{\"avg\":1}}");
        Assert.Equal("inst_1", metrics.Id);
        Assert.Equal(["gpu_utilization", "instance_id", "temperature"], metrics.AdditionalProperties.Keys.OrderBy(k => k, StringComparer.Ordinal));
        Assert.NotNull(metrics.Origin);
        Assert.Equal(metrics.Origin!.UtcNow, metrics.SampledAt);
    }

    /// <summary>If an answer contains two values, the higher one counts; the reading for the verdict takes the highest of all.</summary>
    [Theory]
    [InlineData("{\"gpu_utilization\":0,\"gpu_utilization_percent\":97}", 97.0)]
    [InlineData("{\"gpu_utilization\":97,\"gpu_utilization_percent\":0}", 97.0)]
    [InlineData("{\"gpu_utilization\":0,\"gpus\":{\"0\":{\"utilization\":0},\"1\":{\"gpu_utilization\":0,\"utilization_percent\":88}}}", 88.0)]
    [InlineData("{\"gpu_utilization\":0,\"gpus\":{\"gpu_utilization\":77}}", 77.0)]
    [InlineData("{\"gpu_utilization\":0,\"gpus\":{\"a\":12,\"b\":66}}", 66.0)]
    [InlineData("{\"gpu_utilization\":0,\"gpus\":[{\"gpu_utilization\":0,\"gpu_utilization_percent\":55}]}", 55.0)]
    [InlineData("{\"gpu_utilization\":\"97%\",\"gpu_utilization_percent\":0}", 97.0)]
    [InlineData("{\"gpu_utilization\":0,\"gpus\":[\"3 %\",\"64 %\"]}", 64.0)]
    public async Task Reading_OfAnAnswerWithTwoValues_IsTheHigherOne(string json, double expected)
    {
        var reading = PulseRun.Reading.From(await ReadAsync(json));
        Assert.Equal(expected, reading.PeakGpu);
        Assert.False(reading.HasUnreadGpus);
    }

    /// <summary>Such an answer does not prove idleness, whatever else it contains.</summary>
    [Theory]
    [InlineData("\"gpus\":8")]
    [InlineData("\"gpus\":\"8x\"")]
    [InlineData("\"gpus\":true")]
    [InlineData("\"gpus\":{\"list\":[{\"gpu_utilization\":90}]}")]
    [InlineData("\"gpus\":[{\"load\":90}]")]
    [InlineData("\"timestamp\":\"2026-03-01T11:30:00Z\"")]
    [InlineData("\"timestamp\":\"2026-03-01T11:57:59Z\"")]
    [InlineData("\"timestamp\":\"2026-03-01T12:02:01Z\"")]
    [InlineData("\"timestamp\":1772364600")]
    [InlineData("\"timestamp\":1772364600000")]
    [InlineData("\"sampled_at\":\"2026-03-01 11:30:00\"")]
    [InlineData("\"timestamp\":1772364600000000")]
    [InlineData("\"timestamp\":1772364600000000000")]
    [InlineData("\"timestamp\":\"20260301T113000Z\"")]
    [InlineData("\"timestamp\":\"Sun, 01 Mar 2026 11:30:00 GMT\"")]
    [InlineData("\"timestamp\":\"2026/03/01 11:30:00\"")]
    [InlineData("\"Timestamp\":\"2026-03-01T11:30:00Z\"")]
    [InlineData("\"lastUpdated\":\"2026-03-01T11:30:00Z\"")]
    [InlineData("\"recorded_at\":\"2026-03-01T11:30:00Z\"")]
    [InlineData("\"gpus\":[{\"gpu_utilization\":0,\"timestamp\":\"2026-03-01T11:30:00Z\"}]")]
    [InlineData("\"timestamp\":\"2026-03-01T11:30:00Z\",\"timestamp\":\"2026-03-01T12:00:00Z\"")]
    [InlineData("\"gpu_utilization\":90")]
    [InlineData("\"gpus\":[90],\"gpus\":[]")]
    [InlineData("\"gpu_utilization_percent\":{\"avg\":90}")]
    [InlineData("\"gpu_utilization_percent\":[90,91]")]
    [InlineData("\"gpu_utilization_percent\":\"high\"")]
    [InlineData("\"gpu_utilization_percent\":1e999")]
    [InlineData("\"gpuUtilization\":90")]
    [InlineData("\"gpu_util\":90")]
    [InlineData("\"utilization\":\"90%\"")]
    [InlineData("\"GPUs\":[{\"gpu_utilization\":90}]")]
    [InlineData("\"gpu\":{\"0\":{\"utilization\":90}}")]
    [InlineData("\"gpuMetrics\":[0,90]")]
    [InlineData("\"gpus\":[{\"utilization\":0,\"gpuUtilization\":90}]")]
    [InlineData("\"memory_usage\":3,\"memoryUsage\":90")]
    [InlineData("\"error\":\"the agent does not answer\"")]
    [InlineData("\"detail\":{\"code\":7}")]
    [InlineData("\"stale\":true")]
    public async Task Reading_OfAnOldOrUnreadableAnswer_DoesNotProveIdleness(string part) =>
        Assert.True(PulseRun.Reading.From(await ReadAsync("{\"gpu_utilization\":0," + part + "}")).HasUnreadGpus);

    [Theory]
    [InlineData("\"gpus\":null")]
    [InlineData("\"gpus\":[]")]
    [InlineData("\"timestamp\":\"2026-03-01T11:58:30Z\"")]
    [InlineData("\"timestamp\":1772366390.5")]
    [InlineData("\"timestamp\":null")]
    [InlineData("\"timestamp\":\"yesterday\"")]
    [InlineData("\"time\":1234")]
    [InlineData("\"started_at\":\"2026-02-01T11:30:00Z\"")]
    [InlineData("\"gpu_utilization\":0")]
    [InlineData("\"gpu_utilization_percent\":null")]
    [InlineData("\"gpu_utilization_percent\":-1")]
    [InlineData("\"gpuUtilization\":0")]
    [InlineData("\"gpu\":\"h100_80gb\"")]
    [InlineData("\"gpu\":{\"name\":\"H100\",\"temperature\":60}")]
    [InlineData("\"cpu_utilization\":90,\"load\":3.5")]
    [InlineData("\"gpu_memory_usage\":81000")]
    [InlineData("\"error\":null")]
    [InlineData("\"errors\":[]")]
    [InlineData("\"stale\":false")]
    [InlineData("\"instance\":\"10.0.0.7:9100\"")]
    public async Task Reading_OfACurrentAnswer_Counts(string part) =>
        Assert.False(PulseRun.Reading.From(await ReadAsync("{\"gpu_utilization\":0," + part + "}")).HasUnreadGpus);

    /// <summary>The server's time comes from its Date header: if its clock is ten minutes ahead, so is the timestamp of its metrics.</summary>
    [Theory]
    [InlineData("2026-03-01T12:10:00Z", false)]
    [InlineData("2026-03-01T12:00:00Z", true)]
    public async Task Timestamp_IsComparedWithTheServersClock(string timestamp, bool expected)
    {
        using var rig = new Rig(new Stub(() =>
        {
            var answer = Stub.Answer(200, "{\"gpu_utilization\":0,\"timestamp\":\"" + timestamp + "\"}");
            answer.Headers.Date = new DateTimeOffset(2026, 3, 1, 12, 10, 0, TimeSpan.Zero);
            return answer;
        }));
        Assert.Equal(expected, PulseRun.Reading.From(await rig.MetricsAsync()).HasUnreadGpus);
    }

    [Theory]
    [InlineData("{\"id\":\"inst_9\",\"gpu_utilization\":0}")]
    [InlineData("{\"instance_id\":\"inst_9\",\"gpu_utilization\":0}")]
    [InlineData("{\"id\":9,\"gpu_utilization\":0}")]
    [InlineData("{\"instance\":{\"id\":\"inst_9\"},\"gpu_utilization\":0}")]
    [InlineData("{\"instance\":\"inst_9\",\"gpu_utilization\":0}")]
    [InlineData("{\"instanceId\":\"inst_9\",\"gpu_utilization\":0}")]
    [InlineData("{\"id\":\"inst_1\",\"id\":\"inst_9\",\"gpu_utilization\":0}")]
    public async Task Answer_AboutAnotherInstance_IsMalformed(string json)
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(200, json)));
        Assert.Equal(ErrorIds.MalformedResponse, (await Assert.ThrowsAsync<PulseRunException>(() => rig.MetricsAsync())).ErrorId);
    }

    /// <summary>A cache between the server and this client tells how old its answer is.</summary>
    [Theory]
    [InlineData(60, false)]
    [InlineData(1800, true)]
    public async Task Answer_OfACache_ProvesIdlenessOnlyWhenItIsCurrent(int seconds, bool expected)
    {
        using var rig = new Rig(new Stub(() =>
        {
            var answer = Stub.Json("{\"gpu_utilization\":0}");
            answer.Headers.Age = TimeSpan.FromSeconds(seconds);
            return answer;
        }));
        Assert.Equal(expected, PulseRun.Reading.From(await rig.MetricsAsync()).HasUnreadGpus);
    }

    /// <summary>A share of memory that can only be a fraction is not recorded as one percent.</summary>
    [Theory]
    [InlineData("0.97", 0.9)]
    [InlineData("0.9", 0.9)]
    [InlineData("1", 1.0)]
    [InlineData("1.01", 1.1)]
    public async Task Reading_OfMemory_KeepsAFractionBelowOne(string memory, double expected) =>
        Assert.Equal(expected, PulseRun.Reading.From(await ReadAsync("{\"gpu_utilization\":0,\"memory_usage\":" + memory + "}")).PeakMemory);

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("nothing")]
    public async Task Answer_Invalid_IsMalformed(string body)
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(200, body)));
        Assert.Equal(ErrorIds.MalformedResponse, (await Assert.ThrowsAsync<PulseRunException>(() => rig.MetricsAsync())).ErrorId);
    }

    private static async Task<InstanceMetrics> ReadAsync(string json)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(json)));
        return await rig.MetricsAsync();
    }
}
