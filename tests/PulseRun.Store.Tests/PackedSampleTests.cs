using System;
using PulseRun.Contracts;
using PulseRun.Store.History;
using Xunit;

namespace PulseRun.Tests;

public class PackedSampleTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 0, 0)]
    [InlineData(0.0, null, 1, 0)]
    [InlineData(null, 0.0, 1, 1)]
    [InlineData(0.001, 4.7, 8, 7)]
    [InlineData(87.5, 99.999, 8, 0)]
    [InlineData(100.0, 100.0, 2047, 2047)]
    [InlineData(1000.0, 1000.0, 16, 3)]
    public void EveryReading_ComesBackAsItWas(double? gpu, double? memory, int gpus, int unread)
    {
        var sample = new Sample(s_noon, gpu, memory, gpus, unread, TimeSpan.FromHours(1));

        Assert.Equal(sample, PackedSample.Unpack(s_noon, PackedSample.Pack(sample), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void MoreGpusThanThereIsRoomFor_AreAsManyAsThereIs()
    {
        Sample back = PackedSample.Unpack(s_noon, PackedSample.Pack(new Sample(s_noon, 1, 1, 5000, 3000, null)), null);

        Assert.Equal((2047, 2047), (back.GpuCount, back.UnreadGpus));
    }

    [Fact]
    public void BusierReadings_AreHigherNumbers()
    {
        long unknown = PackedSample.Pack(new Sample(s_noon, null, 90, 8, 0, null));
        long idle = PackedSample.Pack(new Sample(s_noon, 0, 10, 8, 0, null));
        long busy = PackedSample.Pack(new Sample(s_noon, 0.001, 0, 1, 0, null));

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
        Assert.Equal(judged, Sample.From(new InstanceMetrics { Id = "inst_1", SampledAt = s_noon, GpuUtilization = read }).PeakGpu);
}
