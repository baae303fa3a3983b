using System;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using Xunit;

namespace PulseRun.Core.Tests.Report;

[Collection(nameof(Alone))]
public class ReportMemoryTests
{
    private static readonly DateTimeOffset s_since = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Add_AMillionReadings_KeepsAFewPoints()
    {
        const int Readings = 1_000_000;
        var builder = new ReportBuilder(s_since, s_since.AddDays(7), new IdleRule());
        builder.AddStates([new RecordedState { Id = "a", Status = "running", Since = s_since, LastSeen = s_since.AddDays(7), LargestGap = TimeSpan.Zero, CostPerHour = 2 }]);
        Add(builder, 0);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1; i < Readings; i++)
            Add(builder, i);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4_000_000);
        FleetReport report = builder.Build(null, "x", 5);
        Assert.Equal(Readings, report.Readings);
        Assert.InRange(report.Lines[0].Load.Count, 50, 200);
        Assert.Equal(50, report.Lines[0].MeanGpu!.Value, 3);
        Assert.Equal(100, report.Lines[0].PeakGpu);
    }

    private static void Add(ReportBuilder builder, int i) =>
        builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_since.AddMilliseconds(i * 600L), GpuUtilization = i % 2 * 100 });
}
