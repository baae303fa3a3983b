using System;
using System.Globalization;
using System.Linq;

namespace PulseRun.Bench.Libraries;

/// <summary>Creates instances and readings as the API returns them; the same ones in each run.</summary>
internal static class Fleet
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static string Id(int number) => "inst_" + number.ToString("x8", CultureInfo.InvariantCulture);

    public static Instance[] Instances(int count) => Enumerable.Range(0, count).Select(static number => new Instance
    {
        Id = Id(number),
        Status = InstanceStatus.Running,
        Gpu = "a100_80gb",
        Provider = "vast_ai",
        CostPerHour = 0.95m,
        StartedAt = Noon.AddDays(-9),
    }).ToArray();

    /// <summary>Returns one reading of each instance, each at a different time within the tick.</summary>
    public static InstanceMetrics[] Tick(int count, DateTimeOffset at)
    {
#pragma warning disable CA5394 // The numbers have to be reproducible and are not used for security.
        var random = new Random((int)(at.ToUnixTimeSeconds() / 60 % 100_000));
        return Enumerable.Range(0, count).Select(number => new InstanceMetrics
        {
            Id = Id(number),
            SampledAt = at.AddMilliseconds(number % 50),
            GpuUtilization = Math.Round(random.NextDouble() * 4, 1),
            MemoryUsage = random.Next(40),
            DiskUsage = 40,
            Uptime = at - Noon.AddDays(-9),
        }).ToArray();
#pragma warning restore CA5394
    }
}
