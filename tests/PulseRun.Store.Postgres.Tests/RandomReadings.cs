#if NET
using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Creates random series of readings with everything that a verdict considers.</summary>
internal static class RandomReadings
{
    private static readonly double?[] s_loads = [null, 0, 0.3, 0.999, 1, 1.001, 2, 4.9, 5, 60, 100, 0, 0, 2, 3];
    private static readonly double?[] s_memories = [null, 0, 0.5, 1, 1.1, 40, 49.9, 50, 99];
    private static readonly double[] s_pauses = [0, 0.001, 0.5, 5, 20, 30, 60, 60, 60, 61.7, 300, 1200, 7200];

    /// <summary>Returns up to 160 readings of one instance, in time order.</summary>
    public static List<InstanceMetrics> Series(Random random, string id, DateTimeOffset begin)
    {
        var series = new List<InstanceMetrics>();
        DateTimeOffset at = begin.AddMilliseconds(random.Next(600_000)), started = at.AddSeconds(-random.Next(1_000_000));
        double pause = Of(random, s_pauses);
        double? load = Of(random, s_loads), memory = Of(random, s_memories);
        TimeSpan? frozen = null;
        bool hasUptime = random.Next(4) > 0;
        int gpus = random.Next(3) == 0 ? random.Next(1, 9) : 0, count = random.Next(10, 160);
        // Some instances rest, so that there are idle ones.
        bool isCalm = random.Next(3) == 0;
        if (isCalm)
            (load, memory, pause, hasUptime, count) = (random.Next(2) * 2, random.Next(2) == 0 ? null : 40, 60, true, 160);
        for (int i = 0; i < count && at < begin.AddHours(11); i++)
        {
            bool isChange = !isCalm && random.Next(8) == 0;
            if (isChange)
            {
                switch (random.Next(7))
                {
                    case 0: pause = Of(random, s_pauses); break;
                    case 1: load = Of(random, s_loads); break;
                    case 2: memory = Of(random, s_memories); break;
                    case 3: started = at; break;
                    case 4: frozen = frozen is null ? at - started : null; break;
                    case 5: gpus = random.Next(9); break;
                    default: load = 0; break;
                }
            }
            at = at.AddSeconds(!isCalm && random.Next(6) == 0 ? Of(random, s_pauses) : pause).AddMilliseconds(random.Next(3) == 0 ? random.Next(900) : 0);
            double? now = !isCalm && random.Next(5) == 0 ? Of(random, s_loads) : load;
            series.Add(new InstanceMetrics
            {
                Id = id,
                SampledAt = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
                GpuUtilization = now,
                MemoryUsage = memory,
                DiskUsage = random.Next(3) == 0 ? null : random.Next(100),
                Uptime = hasUptime ? frozen ?? at - started + TimeSpan.FromMilliseconds(random.Next(-900, 900)) : null,
                Gpus = [.. Enumerable.Range(0, gpus).Select(index => new GpuMetrics { Index = index, Utilization = !isCalm && random.Next(12) == 0 ? null : now, MemoryUsage = memory })],
                IsDoubtful = !isCalm && random.Next(25) == 0,
                Source = random.Next(9) == 0 ? MetricsSource.Ssh : MetricsSource.Api,
            });
        }
        return series;
    }

    public static IdleRule Rule(Random random) => new()
    {
        For = TimeSpan.FromSeconds(random.Next(3) switch { 0 => random.Next(1, 600), 1 => 1800, _ => random.Next(600, 20_000) }),
        MinSamples = random.Next(1, 25),
        GpuBelow = Of(random, [0.5, 5, 5, 50]),
        MemoryBelow = random.Next(2) == 0 ? 50 : 101 - random.Next(2, 90),
        IgnoreMemory = random.Next(2) == 0,
        AdaptsSamples = random.Next(2) == 0,
        MaxGap = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(30, 3000)),
        UnitScale = random.Next(3) switch { 0 => null, 1 => UnitScale.Percent, _ => UnitScale.Fraction },
    };

    private static T Of<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
#endif
