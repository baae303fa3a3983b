using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;
using Xunit;

namespace PulseRun.Core.Tests.Idle;

public class IdleRuleTests
{
    [Fact]
    public void Check_Defaults_AreValid()
    {
        var rule = new IdleRule();
        Assert.Null(rule.Check());
        Assert.Equal(TimeSpan.FromMinutes(5), rule.Gap);
        Assert.Equal(Series.Now.AddMinutes(-35), rule.HistorySince(Series.Now));
    }

    [Fact]
    public void Check_OutOfRange_NamesTheField()
    {
        var refused = new List<(string Field, IdleRule Rule)>
        {
            ("For", new() { For = TimeSpan.FromMilliseconds(999) }),
            ("For", new() { For = TimeSpan.Zero }),
            ("For", new() { For = TimeSpan.FromMinutes(-30) }),
            ("For", new() { For = TimeSpan.MaxValue }),
            ("MaxGap", new() { MaxGap = TimeSpan.Zero }),
            ("MaxGap", new() { MaxGap = TimeSpan.FromSeconds(-1) }),
            ("MaxGap", new() { MaxGap = TimeSpan.MaxValue }),
            ("MinSamples", new() { MinSamples = 0 }),
            ("GpuBelow", new() { GpuBelow = 0 }),
            ("GpuBelow", new() { GpuBelow = -5 }),
            ("GpuBelow", new() { GpuBelow = 100.1 }),
            ("GpuBelow", new() { GpuBelow = double.NaN }),
            ("MemoryBelow", new() { MemoryBelow = 0 }),
            ("MemoryBelow", new() { MemoryBelow = double.PositiveInfinity }),
        };
        foreach (var (field, rule) in refused)
        {
            var error = rule.Check();
            Assert.NotNull(error);
            Assert.Equal((ErrorIds.InvalidRequest, field), (error.ErrorId, error.Field));
        }
    }

    [Fact]
    public void Check_AtTheLimits_IsValid()
    {
        Assert.Null(new IdleRule { For = TimeSpan.FromSeconds(1), MinSamples = 1, GpuBelow = 100, MemoryBelow = 0.1 }.Check());
        Assert.Null(new IdleRule { For = TimeSpan.FromSeconds(2), MaxGap = TimeSpan.FromMinutes(1) }.Check());
    }
}
