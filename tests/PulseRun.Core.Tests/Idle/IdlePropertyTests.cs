using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Tests.Shared;
using Xunit;
using static PulseRun.Core.Tests.Idle.Series;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Checks properties that hold for every series of readings. The series are seeded, so a failure can be reproduced.</summary>
public class IdlePropertyTests
{
    private static readonly int s_runs = TestSize.Of(4000, 2000);

    [Fact]
    public void Decide_AddedBusyReading_IsNeverIdle()
    {
        var random = new Random(1);
        for (int run = 0; run < s_runs; run++)
        {
            var readings = RandomSeries(random);
            var busy = At(random.Next(0, 30 * 60 + 1) / 60.0, 5 + random.NextDouble() * 200);
            int place = readings.TakeWhile(reading => reading.At <= busy.At).Count();
            readings.Insert(place, busy);
            Assert.Equal(Verdict.Active, Decide(readings).Verdict);
        }
    }

    [Fact]
    public void Decide_RemovedRestingReadings_NeverTurnsIdle()
    {
        var random = new Random(2);
        int idle = 0;
        for (int run = 0; run < s_runs; run++)
        {
            var readings = RandomSeries(random);
            bool wasIdle = Decide(readings).Verdict == Verdict.Idle;
            idle += wasIdle ? 1 : 0;
            double keep = random.NextDouble();
            bool Rests(Reading reading) => reading.PeakGpu < 5 && !(reading.PeakMemory >= 50);
            var fewer = readings.Where(reading => !Rests(reading) || random.NextDouble() < keep).ToList();
            if (!wasIdle)
                Assert.NotEqual(Verdict.Idle, Decide(fewer).Verdict);
        }
        Assert.InRange(idle, s_runs / 20, s_runs * 19 / 20);
    }

    [Fact]
    public void Decide_RandomSeries_IsIdleOnlyWhereTheOracleAgrees()
    {
        var random = new Random(3);
        int idle = 0;
        for (int run = 0; run < s_runs * 2; run++)
        {
            var readings = RandomSeries(random);
            var verdict = Decide(readings);
            bool oracle = OracleSaysIdle(readings);
            Assert.True(oracle == (verdict.Verdict == Verdict.Idle), $"run {run}: {verdict.Reason}, {verdict.SampleCount} readings, gap {verdict.LargestGap}, age {verdict.LastSampleAge}, coverage {verdict.Coverage}");
            idle += verdict.Verdict == Verdict.Idle ? 1 : 0;
            Assert.InRange(verdict.Coverage, 0, 1);
            if (verdict.Verdict == Verdict.Idle)
                Assert.Equal(1, verdict.Coverage);
        }
        Assert.InRange(idle, s_runs / 10, s_runs * 19 / 10);
    }

    /// <summary>Returns a load that works for a detectable share of the window, in one piece or several, and is read at random times: some slots have many readings, others none.</summary>
    [Fact]
    public void Decide_LoadWithDetectableDuty_IsIdleInAtMostOnePercent()
    {
        var random = new Random(4);
        int idle = 0;
        for (int run = 0; run < 10_000; run++)
        {
            int slots = random.Next(20, 41);
            double duty = IdleRule.DetectableDuty(slots) * (1 + random.NextDouble() * 0.5);
            double period = 30.0 / random.Next(1, 200);
            double phase = random.NextDouble();
            var read = Enumerable.Range(0, 40).OrderBy(_ => random.Next()).Take(slots);
            var ages = read.SelectMany(slot => Enumerable.Range(0, random.Next(8) == 0 ? 3 : 1).Select(_ => (slot + 0.001 + random.NextDouble() * 0.99) * 0.75)).OrderByDescending(age => age).ToList();
            int readings = ages.Count;
            var samples = new List<Reading> { At(30.5) };
            samples.AddRange(ages.Select(age => At(age, Fraction(age / period + phase) < duty ? 80 : 0)));

            // Gaps are permitted here, so that the number of readings has to detect the load.
            var verdict = Decide(samples, rule: new() { MaxGap = TimeSpan.FromMinutes(30) });
            Assert.Equal(readings, verdict.SampleCount);
            Assert.Equal(IdleRule.DetectableDuty(slots), verdict.DetectableDuty);
            idle += verdict.Verdict == Verdict.Idle ? 1 : 0;
        }
        Assert.InRange(idle, 1, 100);
    }

    /// <summary>Many readings in few slots must not hide a load that pauses in exactly these slots.</summary>
    [Fact]
    public void Decide_ReadingsInOneSlot_CountOnce()
    {
        var random = new Random(5);
        int idle = 0;
        for (int run = 0; run < s_runs; run++)
        {
            int crowds = random.Next(7, 40);
            var moments = Enumerable.Range(0, crowds).Select(index => 30 - (index + random.NextDouble()) * 30 / crowds).ToList();
            var readings = new List<Reading> { At(31) };
            readings.AddRange(moments.SelectMany(age => Enumerable.Range(0, random.Next(1, 25)).Select(i => At(Math.Max(0, age - i * 0.4 / 60)))).OrderBy(reading => reading.At));
            readings.Add(At(0));
            var verdict = Decide(readings, rule: new() { MaxGap = TimeSpan.FromMinutes(30) });
            int slots = readings.Skip(1).Select(reading => Math.Min(39, (int)((reading.At - Now.AddMinutes(-30)).Ticks / (45 * TimeSpan.TicksPerSecond)))).Distinct().Count();
            Assert.Equal(slots >= 20, verdict.Verdict == Verdict.Idle);
            Assert.Equal(IdleRule.DetectableDuty(slots), verdict.DetectableDuty);
            idle += verdict.Verdict == Verdict.Idle ? 1 : 0;
        }
        Assert.InRange(idle, s_runs / 20, s_runs * 19 / 20);
    }

    /// <summary>A time of repeated answers is a gap: a series is Idle with them only if it is Idle without them.</summary>
    [Fact]
    public void Decide_RepeatedAnswers_CountAsAGap()
    {
        var random = new Random(6);
        int idle = 0;
        for (int run = 0; run < s_runs; run++)
        {
            double from = random.NextDouble() * 40, length = 2 + random.NextDouble() * 20;
            bool IsFrozen(double age) => age < from && age > from - length;
            var ages = Enumerable.Range(0, 80).Select(index => 40 - index / 2.0 - random.NextDouble() / 3).Where(age => age >= 0).OrderByDescending(age => age).ToList();
            var readings = ages.Select(age => At(age, 0, uptimeMinutes: 900 - (IsFrozen(age) ? from : age))).ToList();
            var verdict = Decide(readings);
            // An answer that repeats one up to 75 seconds old still counts.
            var known = readings.Where((_, index) => !IsFrozen(ages[index]) || ages[index] > from - 1.75).ToList();
            if (Decide(known).Verdict != Verdict.Idle)
                Assert.NotEqual(Verdict.Idle, verdict.Verdict);
            idle += verdict.Verdict == Verdict.Idle ? 1 : 0;
        }
        Assert.InRange(idle, s_runs / 20, s_runs * 19 / 20);
    }

    /// <summary>
    /// Simulates fleets of one server, which reports percent or fractions, whole numbers or not. The evidence is computed from what the fleet has reported, as the store does.
    /// An instance that worked in its window is never Idle, in either unit; an idle instance of a percent server that reports 0 and 1 is Idle once the fleet has shown percent.
    /// </summary>
    [Fact]
    public void Decide_FleetOfOneServer_IsIdleOnlyWithoutWork_InEitherUnit()
    {
        var random = new Random(7);
        int idle = 0, shown = 0;
        for (int run = 0; run < s_runs; run++)
        {
            bool isPercent = random.Next(2) == 0, isWhole = random.Next(2) == 0;
            double Report(double load)
            {
                double value = isPercent ? load * 100 : load;
                // A server of whole fractions reports 1 for any load, the worst case.
                return !isWhole ? Math.Round(value, 3) : isPercent ? Math.Round(value) : load >= 0.05 ? 1 : 0;
            }

            double[] loads = Enumerable.Range(0, 4).Select(_ => random.Next(2) == 0 ? 0 : 0.05 + random.NextDouble() * 0.95).ToArray();
            var series = loads.Select(load =>
            {
                double duty = load == 0 ? 0 : random.NextDouble();
                return Each(60, 0, age => At(age, Report(random.NextDouble() < duty ? load : random.Next(3) == 0 ? random.NextDouble() * 0.014 : 0)));
            }).ToList();
            var above = new HashSet<string>(series.Select((readings, index) => (readings, index)).Where(one => one.readings.Any(reading => reading.PeakGpu > 1)).Select(one => "inst_" + one.index));
            var units = new RecordedUnits(above, series.Any(readings => readings.Any(reading => reading.PeakGpu is > 0 and < 1)));
            for (int index = 0; index < series.Count; index++)
            {
                var window = series[index].Where(reading => reading.At >= Now.AddMinutes(-36)).ToList();
                // The threshold of the rule, 5 %, in the unit of the server.
                bool worked = window.Any(reading => reading.At >= Now.AddMinutes(-30) && reading.PeakGpu >= (isPercent ? 5 : 0.05));
                var verdict = Decide(window, unit: units.Of("inst_" + index));
                Assert.False(worked && verdict.Verdict == Verdict.Idle, $"run {run}: {verdict.Reason}, percent {isPercent}, whole {isWhole}, peak {verdict.PeakGpu}");
                idle += verdict.Verdict == Verdict.Idle ? 1 : 0;
                bool isMixed = window.Where(reading => reading.At >= Now.AddMinutes(-30)).Any(reading => reading.PeakGpu == 0) && verdict.PeakGpu == 1;
                if (isPercent && isWhole && isMixed && above.Count > 0)
                {
                    shown++;
                    Assert.Equal(Verdict.Idle, verdict.Verdict);
                }
            }
        }
        Assert.InRange(idle, s_runs / 10, s_runs * 4);
        Assert.InRange(shown, s_runs / 100, s_runs * 4);
    }

    private static double Fraction(double value) => value - Math.Floor(value);

    /// <summary>Returns a random series in whole seconds: mostly idle, with gaps, nulls, bursts, held memory, and several readings at one time.</summary>
    private static List<Reading> RandomSeries(Random random)
    {
        int cadence = random.Next(20, 90);
        double nulls = random.NextDouble() < 0.5 ? 0 : random.NextDouble() * 0.3;
        double gaps = random.NextDouble() < 0.5 ? 0 : random.NextDouble() * 0.1;
        bool bursts = random.NextDouble() < 0.3;
        double burstAt = random.NextDouble() * 40 * 60;
        bool holds = random.NextDouble() < 0.1;
        var readings = new List<Reading>();
        int age = random.NextDouble() < 0.8 ? 40 * 60 : random.Next(10, 40) * 60;
        while (age >= 0)
        {
            double? gpu = random.NextDouble() < nulls ? null : random.NextDouble() * 4.9;
            if (bursts && Math.Abs(age - burstAt) < 90)
                gpu = 50;
            double? memory = random.NextDouble() < 0.5 ? null : holds && random.NextDouble() < 0.05 ? 70 : 10;
            readings.Add(At(0, gpu, memory) with { At = Now.AddSeconds(-age) });
            int step = random.NextDouble() < gaps ? random.Next(200, 500) : random.NextDouble() < 0.05 ? 0 : random.Next(cadence / 2, cadence * 3 / 2);
            age -= step;
        }
        return readings;
    }

    /// <summary>Evaluates the idle rule of docs/dev/design.md in the most direct way, second by second.</summary>
    private static bool OracleSaysIdle(List<Reading> samples)
    {
        var readings = samples.Where(sample => sample.PeakGpu != null)
            .Select(sample => (Age: (int)(Now - sample.At).TotalSeconds, Gpu: sample.PeakGpu!.Value, sample.PeakMemory)).ToList();
        if (readings.Any(reading => reading.Age <= 1800 && reading.Gpu >= 5))
            return false;
        if (samples.Any(sample => Now - sample.At <= TimeSpan.FromMinutes(30) && sample.PeakMemory >= 50))
            return false;
        if (readings.Where(reading => reading.Age <= 1800).Select(reading => Math.Min(39, (1800 - reading.Age) / 45)).Distinct().Count() < 20)
            return false;
        if (readings.Where(reading => reading.Age <= 1800).Max(reading => reading.Gpu) is > 0 and <= 1)
            return false;

        bool[] isCovered = new bool[1801];
        foreach (var reading in readings)
        {
            for (int moment = Math.Min(1800, reading.Age); moment >= Math.Max(0, reading.Age - 300); moment--)
                isCovered[moment] = true;
        }
        if (isCovered.Contains(false))
            return false;
        int start = readings.Select(reading => reading.Age).Where(age => age >= 1800).Min();
        if (readings.Any(reading => reading.Age == start && (reading.Gpu >= 5 || reading.PeakMemory >= 50)))
            return false;
        var newest = samples[samples.Count - 1];
        return samples.All(sample => sample.At < newest.At || sample.PeakGpu != null);
    }
}
