using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Core.Replay;
using Xunit;

namespace PulseRun.Core.Tests.Replay;

public class RuleReplayTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns one reading a minute; the load of each comes from <paramref name="load"/>, and a null leaves the minute out.</summary>
    private static RecordedSeries Series(int minutes, Func<int, double?> load, decimal? cost = 3) => new(
        "a",
        Enumerable.Range(0, minutes).Where(minute => load(minute) is not null).Select(minute => new Reading(s_start.AddMinutes(minute), load(minute), null, 0, false, null)).ToList(),
        cost);

    private static IdleRuleResult Run(RecordedSeries series, int forMinutes = 30, double below = 5) => RuleReplay.Run([series], new IdleRule { For = TimeSpan.FromMinutes(forMinutes), GpuBelow = below });

    [Fact]
    public void Run_StopsAfterTheWindow_AndSavesTheRest()
    {
        IdleRuleResult result = Run(Series(120, static minute => minute < 20 ? 90 : 0));
        IdleRuleStop stop = Assert.Single(result.StopList);
        // Minute 20 is the first low reading, and minute 50 the first with 30 idle minutes behind it.
        Assert.Equal((s_start.AddMinutes(50), s_start.AddMinutes(20), null, false), (stop.At, stop.IdleSince, stop.BusyAgainAt, stop.IsWrong));
        Assert.Equal((1, 0, TimeSpan.FromMinutes(69), 3.45m), (result.Stops, result.WrongStops, result.SavedTime, result.Saved));
        Assert.Equal((1, 120, s_start, s_start.AddMinutes(119)), (result.Instances, result.Readings, result.From, result.To));
    }

    [Theory]
    [InlineData(110, true)]
    [InlineData(111, false)]
    public void Run_CallsAStopWrong_WhenWorkFollowsWithinAnHour(int busyAt, bool isWrong)
    {
        IdleRuleResult result = Run(Series(140, minute => minute < 20 || minute == busyAt ? 90 : 0));
        Assert.Equal((1, isWrong ? 1 : 0), (result.Stops, result.WrongStops));
        Assert.Equal(TimeSpan.FromMinutes(busyAt - 50), result.SavedTime);
    }

    [Fact]
    public void Run_ContinuesAfterTheNextWork()
    {
        IdleRuleResult result = Run(Series(300, static minute => minute % 100 < 20 ? 90 : 0));
        Assert.Equal([50, 150, 250], result.StopList.Select(static stop => (stop.At - s_start).TotalMinutes));
        Assert.Equal(2, result.WrongStops);
    }

    [Fact]
    public void Run_NeverStopsBusy_AndDoesNotSaveWhatWasNotRead()
    {
        Assert.Equal(0, Run(Series(300, static minute => minute % 25 == 0 ? 90 : 0)).Stops);
        // A gap of an hour: the instance was perhaps stopped in it.
        IdleRuleResult gap = Run(Series(200, static minute => minute is > 60 and < 120 ? null : 0));
        Assert.Equal([30, 150], gap.StopList.Select(static stop => (stop.At - s_start).TotalMinutes));
        Assert.Equal(TimeSpan.FromMinutes(30), gap.StopList[0].SavedTime);
    }

    [Fact]
    public void Run_ComparesRules_ByTheirThreshold()
    {
        RecordedSeries hum = Series(120, static _ => 6);
        Assert.Equal((0, 1), (Run(hum).Stops, Run(hum, below: 10).Stops));
        Assert.Equal(s_start.AddMinutes(60), Run(hum, 60, 10).StopList[0].At);
    }

    [Fact]
    public void Run_WithoutAPriceOrReadings_SaysSo()
    {
        Assert.Null(Run(Series(120, static _ => 0, cost: null)).Saved);
        IdleRuleResult none = RuleReplay.Run([], new IdleRule());
        Assert.Equal((0, 0, 0m, null), (none.Stops, none.Instances, none.Saved, none.From));
    }

    [Fact]
    public void Run_AfterARestart_StartsAgain()
    {
        RecordedSeries series = new("a", Enumerable.Range(0, 100).Select(static minute => new Reading(s_start.AddMinutes(minute), 0, null, 0, false, TimeSpan.FromMinutes(minute < 60 ? 600 + minute : minute - 60))).ToList(), 1);
        IdleRuleResult result = Run(series);
        Assert.Equal([30, 91], result.StopList.Select(static stop => Math.Round((stop.At - s_start).TotalMinutes)));
        Assert.Equal(TimeSpan.FromMinutes(29), result.StopList[0].SavedTime);
    }

    private static IReadOnlyList<RecordedSeries> Csv(string text, string culture = "") => ReadingsCsv.Read(new StringReader(text), "f.csv", CultureInfo.GetCultureInfo(culture), DateTimeOffset.MinValue);

    [Theory]
    [InlineData("", "11/03/2026 08:01:02 +00:00", "12.5")]
    [InlineData("de-DE", "03.11.2026 08:01:02 +00:00", "12,5")]
    [InlineData("de-DE", "11/03/2026 08:01:02 +00:00", "12.5")]
    [InlineData("de-DE", "2026-11-03T08:01:02.0000000+00:00", "12.5")]
    [InlineData("", "2026-11-03 08:01:02Z", "12.5")]
    public void Csv_IsReadInTheCultureOfTheSession_OrTheInvariantOne(string culture, string at, string gpu)
    {
        RecordedSeries series = Assert.Single(Csv($"\"Id\",\"SampledAt\",\"GpuUtilization\",\"Uptime\",\"Gpus\"\n\"a\",\"{at}\",\"{gpu}\",\"1.02:03:04\",\"50/41 0/3\"\n", culture));
        Reading reading = Assert.Single(series.Readings);
        Assert.Equal(new DateTimeOffset(2026, 11, 3, 8, 1, 2, TimeSpan.Zero), reading.At);
        // The busiest GPU counts, not the summary of the server.
        Assert.Equal((50.0, 41.0, 2, new TimeSpan(1, 2, 3, 4)), (reading.PeakGpu, reading.PeakMemory, reading.GpuCount, reading.Uptime));
    }

    [Fact]
    public void Csv_AmbiguousDates_AreReadInTheOrderOfTheFile()
    {
        string rows = string.Concat(new[] { "11/02/2026 23:00:00", "11/02/2026 23:30:00", "11/03/2026 00:00:00", "12/01/2026 00:00:00" }.Select(static at => $"a,{at} +00:00,0\n"));
        // In the culture of Great Britain these would be 11 February, 11 March and 12 January.
        IReadOnlyList<Reading> readings = Csv("Id,SampledAt,GpuUtilization\n" + rows, "en-GB")[0].Readings;
        Assert.Equal([11, 11, 11, 12], readings.Select(static reading => reading.At.Month));
    }

    [Theory]
    [InlineData("11/03/2026 23:00:00", "11/04/2026 00:00:00", "11/05/2026 00:00:00")]
    [InlineData("03/11/2026 23:00:00", "04/11/2026 00:00:00", "05/11/2026 00:00:00")]
    public void Csv_AmbiguousDates_AreReadAsDays_NotAsMonths(params string[] times)
    {
        IReadOnlyList<Reading> readings = Csv("Id,SampledAt,GpuUtilization\n" + string.Concat(times.Select(static at => $"a,{at} +00:00,0\n")), "en-GB")[0].Readings;
        Assert.Equal([(11, 3), (11, 4), (11, 5)], readings.Select(static reading => (reading.At.Month, reading.At.Day)));
    }

    [Theory]
    [InlineData("Id,SampledAt\na,2026-11-03T08:01:02Z", "GpuUtilization")]
    [InlineData("", "Id, SampledAt")]
    [InlineData("Id,SampledAt,GpuUtilization\na,2026-11-03T08:01:02Z,0\na,yesterday,0", "line 3")]
    [InlineData("Id,SampledAt,GpuUtilization\na,2026-11-03T08:01:02Z,much", "line 2")]
    [InlineData("Id,SampledAt,GpuUtilization\n,2026-11-03T08:01:02Z,5", "line 2")]
    [InlineData("Id,SampledAt,GpuUtilization,Gpus\na,2026-11-03T08:01:02Z,5,System.Object[]", "line 2")]
    public void Csv_WhatCannotBeRead_IsAnErrorWithItsLine(string text, string part)
    {
        var error = Assert.Throws<PulseRunException>(() => Csv(text));
        Assert.Equal((ErrorIds.InvalidRequest, "Path"), (error.ErrorId, error.Field));
        Assert.Contains(part, error.Message);
    }

    [Fact]
    public void Csv_EmptyCells_AreUnknown_AndTheTypeLineIsSkipped()
    {
        RecordedSeries series = Assert.Single(Csv("#TYPE PulseRun.InstanceMetrics\nid;sampledat;gpuutilization;memoryusage;costperhour\n\"a\";2026-11-03T08:01:02Z;;\"\";2.5\n\n"));
        Assert.Equal(2.5m, series.CostPerHour);
        Assert.Equal((null, null, true), (series.Readings[0].PeakGpu, series.Readings[0].PeakMemory, series.Readings[0].HasUnreadGpus));
    }

    [Fact]
    public void Gpus_SurviveTheirText()
    {
        var metrics = new InstanceMetrics { Gpus = [new GpuMetrics { Utilization = 97.5, MemoryUsage = 41 }, new GpuMetrics { Index = 1 }, new GpuMetrics { Index = 2, Utilization = 0, MemoryUsage = 1.0 / 3 }] };
        GpuList read = GpuList.Parse(metrics.Gpus.ToString()!)!;
        Assert.Equal(metrics.Gpus.Select(static gpu => (gpu.Index, gpu.Utilization, gpu.MemoryUsage)), read.Select(static gpu => (gpu.Index, gpu.Utilization, gpu.MemoryUsage)));
        Assert.Empty(GpuList.Parse(new InstanceMetrics().Gpus.ToString()!)!);
    }
}
