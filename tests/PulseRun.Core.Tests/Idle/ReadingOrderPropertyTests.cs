using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using Xunit;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Checks properties of the order over whole simulated hours: each minute a run chooses, and each reading is taken at its place in the minute.</summary>
public class ReadingOrderPropertyTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 30, 20, 30)]
    [InlineData(2, 30, 20, 60)]
    [InlineData(3, 60, 20, 200)]
    [InlineData(4, 15, 12, 50)]
    public void Choose_BudgetForAll_FindsEachIdleInstanceInTime(int seed, int window, int samples, int count)
    {
        var rule = new IdleRule { For = TimeSpan.FromMinutes(window), MinSamples = samples };
        var random = new Random(seed);
        double[] ends = Enumerable.Range(0, count).Select(_ => random.NextDouble() * 100).ToArray();
        var fleet = new ReadingFleet(rule, s_start, Enumerable.Range(0, count).Select(i => ReadingFleet.Make("inst_" + i, s_start.AddMinutes(-random.Next(100, 5000)))), (i, at) => at < ends[i]);
        var found = new Dictionary<int, double>();
        for (int minute = 0; minute < 100 + 2 * window; minute++)
        {
            fleet.Tick(minute, count);
            foreach (int i in Enumerable.Range(0, count).Where(i => !found.ContainsKey(i)))
            {
                IdleVerdict verdict = fleet.Judge(i, minute + 1);
                if (verdict.Verdict != Verdict.Idle)
                    continue;
                found[i] = minute + 1;
                Assert.True(minute + 1 >= ends[i] + window - 0.001, "Found before the window has passed.");
                Assert.True(verdict.SampleCount >= samples);
                Assert.True(verdict.LargestGap <= rule.Gap);
            }
        }
        Assert.Equal(count, found.Count);
        // A busy instance is looked at again after a tenth of the window; from the first low reading on it takes the window and two minutes.
        double look = window / 10.0 + 2;
        Assert.All(found, one => Assert.True(one.Value - ends[one.Key] <= window + 2 + look, $"inst_{one.Key} ended at {ends[one.Key]:0.0} and was found at {one.Value}."));
        Assert.All(fleet.FirstLow, one => Assert.True(found[one.Key] - one.Value <= window + 2, $"inst_{one.Key} was first low at {one.Value:0.0} and found at {found[one.Key]}."));
    }

    [Fact]
    public void Choose_AnyFleetAndBudget_NeverExceedsItAndNeverRepeats()
    {
        var random = new Random(5);
        for (int run = 0; run < 200; run++)
        {
            int count = random.Next(0, 60), budget = random.Next(0, 70);
            var rule = new IdleRule { For = TimeSpan.FromMinutes(random.Next(2, 200)), MinSamples = random.Next(1, 40) };
            var fleet = new ReadingFleet(rule, s_start, Enumerable.Range(0, count).Select(i => ReadingFleet.Make("i" + i, s_start.AddMinutes(-random.Next(1, 900)))), (_, _) => random.Next(2) == 0);
            for (int minute = 0; minute < 12; minute++)
            {
                ReadingPlan plan = fleet.Plan(minute, budget);
                string[] ids = plan.Order.Select(static key => key.Instance.Id).ToArray();
                Assert.Equal(ids.Distinct().Count(), ids.Length);
                Assert.True(plan.Chosen.Count <= budget);
                ReadingPlan shuffled = fleet.Plan(minute, budget, random);
                Assert.Equal(ids, shuffled.Order.Select(static key => key.Instance.Id));
                fleet.Tick(minute, budget);
            }
        }
    }

    [Fact]
    public void Choose_TwoHundredInstancesAndBudgetFortySeven_FindsAllThatEnd()
    {
        // The old order, the least recently read first, reads each instance every 4.3 minutes: seven readings in a window, and never a verdict.
        var rule = new IdleRule();
        double[] ends = Enumerable.Range(0, 200).Select(static i => i < 20 ? 5 + i * 1.5 : double.PositiveInfinity).ToArray();
        var fleet = new ReadingFleet(rule, s_start, Enumerable.Range(0, 200).Select(static i => ReadingFleet.Make("inst_" + i, s_start.AddMinutes(-60 - i))), (i, at) => at < ends[i]);
        var found = new Dictionary<int, int>();
        for (int minute = 0; minute < 90; minute++)
        {
            Assert.True(fleet.Tick(minute, 47) <= 47);
            for (int i = 0; i < 200; i++)
            {
                if (!found.ContainsKey(i) && fleet.Judge(i, minute + 1).Verdict == Verdict.Idle)
                    found[i] = minute + 1;
            }
        }
        Assert.Equal(Enumerable.Range(0, 20), found.Keys.Order());
        Assert.All(found, one => Assert.InRange(one.Value - ends[one.Key], 30, 47));
    }

    [Fact]
    public void Place_LoadInStepWithTheMinute_IsMetAllDay()
    {
        // Busy in seconds 20 to 38 of each minute, that is 30 % of the time.
        int days = 0, met = 0;
        for (int i = 0; i < 50; i++)
        {
            string id = "inst_" + i;
            for (int from = 0; from < 24 * 60; from += 30)
            {
                days++;
                double[] seconds = Enumerable.Range(from, 20).Select(minute => ReadingOrder.Place(id, s_start.AddMinutes(minute)).TotalSeconds).ToArray();
                Assert.All(seconds, static second => Assert.InRange(second, 0, 57));
                met += seconds.Any(static second => second is >= 20 and < 38) ? 1 : 0;
            }
        }
        Assert.Equal(days, met);
    }

    [Theory]
    [InlineData(40, 47)]
    [InlineData(150, 47)]
    public void Choose_LoadInStepWithTheMinute_IsNeverFoundIdleInADay(int count, int budget)
    {
        var fleet = new ReadingFleet(new IdleRule(), s_start, Enumerable.Range(0, count).Select(static i => ReadingFleet.Make("inst_" + i, s_start.AddDays(-1))), static (_, at) => (at - Math.Floor(at)) * 60 is >= 20 and < 38);
        for (int minute = 0; minute < 24 * 60; minute++)
        {
            fleet.Tick(minute, budget);
            for (int i = 0; i < count; i++)
                Assert.NotEqual(Verdict.Idle, fleet.Judge(i, minute + 1).Verdict);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(19.9)]
    [InlineData(20)]
    [InlineData(45)]
    public void WaitFor_AnyStart_EndsWithinTheSpread(double second)
    {
        DateTimeOffset now = s_start.AddHours(7).AddSeconds(second);
        for (int i = 0; i < 200; i++)
        {
            TimeSpan wait = ReadingSchedule.WaitFor("inst_" + i, now), place = ReadingOrder.Place("inst_" + i, now);
            Assert.InRange(wait, TimeSpan.Zero, ReadingOrder.Spread);
            double read = (now + wait).TimeOfDay.TotalSeconds % 60;
            if (second < 20 && place.TotalSeconds > second)
                Assert.Equal(place.TotalSeconds, read, 0.001);
        }
    }
}
