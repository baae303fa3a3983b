using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Bench.Libraries;

/// <summary>Measures the choice of the next readings.</summary>
internal static class OrderBench
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the median of 15 choices for each size, and the first choice of the process.</summary>
    public static void Measure()
    {
        foreach (int count in new[] { 1_000, 10_000 })
        {
            (Instance[] fleet, Dictionary<string, ReadingRecord> records) = Fleet(count);
            double[] times = new double[15];
            for (int i = 0; i < times.Length; i++)
            {
                var clock = Stopwatch.StartNew();
                int chosen = ReadingOrder.Choose(fleet, records, new IdleRule(), s_now, 47).Chosen.Count;
                times[i] = clock.Elapsed.TotalMilliseconds;
                if (chosen != 47)
                    throw new InvalidOperationException("Not 47 but " + chosen + " readings were chosen.");
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first{count}={times[0]}\norder{count}={times.Order().ElementAt(times.Length / 2)}"));
        }
    }

    /// <summary>Returns a fleet of which a third rests, a twentieth is silent, and the rest works.</summary>
    private static (Instance[] Fleet, Dictionary<string, ReadingRecord> Records) Fleet(int count)
    {
        var records = new Dictionary<string, ReadingRecord>(StringComparer.Ordinal);
        var fleet = new Instance[count];
        for (int i = 0; i < count; i++)
        {
            string id = "inst_" + i.ToString("x8", CultureInfo.InvariantCulture);
            fleet[i] = new Instance { Id = id, Status = "running", CostPerHour = 0.2m + i % 37 / 5m, StartedAt = s_now.AddMinutes(-600 - i) };
            bool rests = i % 3 == 0;
            List<Reading> readings = Enumerable.Range(0, rests ? 1 + i % 25 : 1)
                .Select(n => new Reading(s_now.AddMinutes(rests ? n - 1 - i % 25 : -3 - i % 32).AddSeconds(-20), rests ? 0 : 80, 10, 1, false, null)).ToList();
            records[id] = new ReadingRecord { LastRead = readings[^1].At, AskedAt = readings[^1].At, Misses = i % 20 == 1 ? 1 + i % 7 : 0, Readings = readings };
        }
        return (fleet, records);
    }
}
