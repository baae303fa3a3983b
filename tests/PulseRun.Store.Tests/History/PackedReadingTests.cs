using System;
using System.Linq;
using PulseRun.Store.History;
using Xunit;

namespace PulseRun.Store.Tests.History;

public class PackedReadingTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 0, false, null)]
    [InlineData(0.0, null, 1, false, 0)]
    [InlineData(null, 0.0, 1, true, 1)]
    [InlineData(0.001, 4.7, 8, true, 3600)]
    [InlineData(87.5, 99.9, 8, false, 86_400)]
    [InlineData(100.0, 100.0, 31, true, 100_000_000)]
    [InlineData(1000.0, 102.0, 16, false, Reading.MostSeconds)]
    public void EveryReading_ComesBackAsItWas(double? gpu, double? memory, int gpus, bool isPartial, int? seconds)
    {
        var reading = new Reading(s_noon, gpu, memory, gpus, isPartial, seconds is { } up ? TimeSpan.FromSeconds(up) : null);

        Assert.Equal(reading, PackedReading.Unpack(s_noon, PackedReading.Pack(reading)));
    }

    [Fact]
    public void MoreThanThereIsRoomFor_IsAsMuchAsThereIs()
    {
        var reading = new InstanceMetrics
        {
            Id = "inst_1",
            SampledAt = s_noon,
            GpuUtilization = 5000,
            MemoryUsage = 400,
            Uptime = TimeSpan.MaxValue,
            Gpus = Enumerable.Range(0, 40).Select(index => new GpuMetrics { Index = index, Utilization = 1 }).ToArray(),
        };

        Reading judged = Reading.From(reading);

        Assert.Equal(new Reading(s_noon, 1000, 102, 31, false, TimeSpan.FromSeconds(Reading.MostSeconds)), judged);
        Assert.Equal(judged, PackedReading.Unpack(s_noon, PackedReading.Pack(judged)));
    }

    [Fact]
    public void BusierReadings_AreHigherNumbers()
    {
        long unknown = PackedReading.Pack(new Reading(s_noon, null, 90, 8, false, null));
        long idle = PackedReading.Pack(new Reading(s_noon, 0, 10, 8, false, null));
        long busy = PackedReading.Pack(new Reading(s_noon, 0.001, 0, 1, false, null));

        Assert.True(0 < unknown && unknown < idle && idle < busy);
    }

    [Theory]
    [InlineData(4.7, 4.7)]
    [InlineData(4.9999, 5.0)]
    [InlineData(4.0001, 4.001)]
    [InlineData(double.PositiveInfinity, 1000.0)]
    [InlineData(double.NaN, null)]
    [InlineData(-1.0, null)]
    public void From_IsNeverLessBusyThanTheReading(double read, double? judged) =>
        Assert.Equal(judged, Reading.From(new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, GpuUtilization = read }).PeakGpu);

    [Theory]
    [InlineData(49.9, 49.9)]
    [InlineData(49.91, 50.0)]
    [InlineData(double.PositiveInfinity, 102.0)]
    [InlineData(-1.0, null)]
    public void From_HoldsNoLessMemoryThanTheReading(double read, double? judged) =>
        Assert.Equal(judged, Reading.From(new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, MemoryUsage = read }).PeakMemory);

    [Theory]
    [InlineData(59.99, 59)]
    [InlineData(0.0, 0)]
    [InlineData(-1.0, null)]
    public void From_KnowsTheUptimeInWholeSeconds(double read, int? judged) =>
        Assert.Equal(
            judged is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Reading.From(new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, Uptime = TimeSpan.FromSeconds(read) }).Uptime);
}
