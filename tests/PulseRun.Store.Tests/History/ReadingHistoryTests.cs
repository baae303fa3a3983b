using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;
using Xunit;

namespace PulseRun.Store.Tests.History;

public sealed class ReadingHistoryTests : StoreTests
{
    private IHistory History => Store.History;

    /// <summary>Tests a clock that was ahead for three minutes: its readings are deleted, the window starts again, and until the window is complete ClockWentBack reports the instance.</summary>
    [Theory]
    [InlineData(25 * 60)]
    [InlineData(3)]
    [InlineData(10 * 24 * 60)]
    public void RecordSamples_AfterAClockThatRanAhead_BeginsTheWindowAnew(int ahead)
    {
        Record(0);
        Record(ahead);
        Record(ahead + 1);
        Assert.Equal(["inst_c"], WentBack(0));

        Record(1);

        Assert.Equal([At(0), At(1)], Window(-1, 1).Select(one => one.At));
        Assert.Equal(["inst_c"], WentBack(1));
        Record(2);
        Assert.Equal(["inst_c"], WentBack(34));
        Record(37);
        Assert.Empty(WentBack(37));
        Assert.Equal([At(2), At(37)], Window(2, 37).Select(one => one.At));

        // The window of a verdict at that minute includes the gap before it.
        ISet<string> WentBack(int minute) => History.ClockWentBack(TempFolder.Account, At(minute - 35), At(minute));

        void Record(int minute) => History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_c", SampledAt = At(minute), GpuUtilization = 0 }], At(minute));

        Reading[] Window(double from, double to) => [.. History.Window(TempFolder.Account, ["inst_c"], Noon.AddMinutes(from), Noon.AddMinutes(to))["inst_c"]];

        static DateTimeOffset At(int minute) => Noon.AddMinutes(minute);
    }

    [Fact]
    public void Units_ShowPercent_FromReadingsAboveOne()
    {
        Assert.Equal(default, History.Units(TempFolder.Account, Noon).Of("inst_a"));
        Report("inst_a", 0, 1);
        Report("inst_b", 1, 0);
        Assert.Equal(default, History.Units(TempFolder.Account, Noon).Of("inst_a"));
        Report("inst_b", 2, 1.5);
        Assert.Equal(new UnitEvidence(false, true), History.Units(TempFolder.Account, Noon).Of("inst_a"));
        Assert.Equal(new UnitEvidence(true, true), History.Units(TempFolder.Account, Noon).Of("inst_b"));
        Assert.Equal(default, History.Units("another account", Noon).Of("inst_b"));

        // A load between 0 and 1 of any GPU contradicts whole percent, and leaves the evidence of the instance itself.
        Report("inst_c", 3, 1, 0.4);
        Assert.Equal(default, History.Units(TempFolder.Account, Noon).Of("inst_a"));
        Assert.Equal(new UnitEvidence(true, false), History.Units(TempFolder.Account, Noon).Of("inst_b"));
        using (IStore again = Folder.Open())
            Assert.Equal(new UnitEvidence(true, false), again.History.Units(TempFolder.Account, Noon).Of("inst_b"));

        void Report(string id, int minute, double load, double? gpu = null) => History.RecordReadings(
            TempFolder.Account,
            [new InstanceMetrics { Id = id, SampledAt = Noon.AddMinutes(minute), GpuUtilization = load, Gpus = gpu is null ? [] : [new() { Index = 0, Utilization = gpu }] }],
            Noon.AddMinutes(minute));
    }

    /// <summary>A server may change its unit. What it reported longer ago than readings are kept shows nothing.</summary>
    [Fact]
    public void Units_ForgetWhatIsOlderThanTheReadings()
    {
        History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_a", SampledAt = Noon, GpuUtilization = 97 }], Noon);
        Assert.True(History.Units(TempFolder.Account, Noon.AddDays(13.9)).Of("inst_a").IsPercent);
        Assert.False(History.Units(TempFolder.Account, Noon.AddDays(14.1)).Of("inst_a").IsPercent);
    }

    [Fact]
    public void RecordSamples_OfAProcessThatWaitedForAnother_ChangesNothing()
    {
        History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_c", SampledAt = Noon.AddSeconds(40), GpuUtilization = 0 }], Noon.AddSeconds(40));
        History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_c", SampledAt = Noon, GpuUtilization = 0 }], Noon.AddSeconds(1));
        Assert.Equal([Noon, Noon.AddSeconds(40)], History.Window(TempFolder.Account, null, Noon.AddMinutes(-1), Noon.AddMinutes(1))["inst_c"].Select(one => one.At));
    }

    [Fact]
    public void Samples_GiveBackWhatWasRecorded()
    {
        var reading = new InstanceMetrics
        {
            Id = "inst_1",
            SampledAt = Noon.AddMilliseconds(123),
            GpuUtilization = 37.123456789,
            MemoryUsage = 41.5,
            DiskUsage = 12,
            Uptime = TimeSpan.FromSeconds(3600.25),
            Gpus = [new() { Index = 0, Utilization = 97.5, MemoryUsage = 0.1 }, new() { Index = 1 }, new() { Index = 2, Utilization = 0, MemoryUsage = 100 }],
        };
        var silent = new InstanceMetrics { Id = "inst_2", SampledAt = Noon.AddSeconds(1) };

        History.RecordReadings(TempFolder.Account, [reading, silent], Noon);

        Assert.Equivalent(new[] { reading, silent }, History.Readings(TempFolder.Account, null, Noon), strict: true);
        Assert.Equivalent(reading, Assert.Single(History.Readings(TempFolder.Account, "inst_1", Noon)));
        Assert.Equal("inst_2", Assert.Single(History.Readings(TempFolder.Account, null, Noon.AddSeconds(1))).Id);
        Assert.Empty(History.Readings(TempFolder.Account, "inst_9", Noon));
        Assert.Empty(History.Readings("another account", null, Noon));
    }

    [Fact]
    public void Samples_OfSeveralPages_ComeOnceEachInOrder()
    {
        for (int tick = 0; tick < 11; tick++)
            Tick(Noon.AddMinutes(tick), 500, _ => 1);

        InstanceMetrics[] all = [.. History.Readings(TempFolder.Account, null, Noon)];

        Assert.Equal(5500, all.Length);
        Assert.Equal(5500, all.Select(sample => (sample.Id, sample.SampledAt)).Distinct().Count());
        Assert.Equal(all.Select(sample => sample.SampledAt).OrderBy(at => at), all.Select(sample => sample.SampledAt));
    }

    [Fact]
    public void Window_HoldsWhatTheVerdictNeeds()
    {
        Record("inst_1", 0, 1, gpus: [3, 80, null], memory: 20);

        Reading reading = Assert.Single(Assert.Single(Window(-1, 1)).Value);

        Assert.Equal(new Reading(Noon, 80, 20, 3, true, TimeSpan.FromHours(1)), reading);
    }

    [Fact]
    public void Window_StartsWithTheLastReadingAtOrBeforeItsStart()
    {
        var readings = new[] { -30, -5, 1, 10 }.Select(minute => ("inst_gap", minute))
            .Concat(new[] { -40, 0, 5, 11 }.Select(minute => ("inst_on_the_edge", minute)))
            .Concat([("inst_only_before", -20), ("inst_only_before", -19), ("inst_new", 3), ("inst_later", 30)]);
        foreach ((string id, int minute) in readings.OrderBy(one => one.Item2))
            Record(id, minute, minute);

        IReadOnlyDictionary<string, IReadOnlyList<Reading>> window = Window(0, 10);

        Assert.Equal(4, window.Count);
        Assert.Equal([-5, 1, 10], Minutes(window["inst_gap"]));
        Assert.Equal([0, 5], Minutes(window["inst_on_the_edge"]));
        Assert.Equal([-19], Minutes(window["inst_only_before"]));
        Assert.Equal([3], Minutes(window["inst_new"]));
    }

    [Fact]
    public void Window_OfSomeIds_HoldsOnlyThose()
    {
        Record("inst_1", 0, 1);
        Record("inst_2", 0, 1);

        Assert.Equal(["inst_2"], History.Window(TempFolder.Account, ["inst_2", "inst_3"], Noon.AddMinutes(-1), Noon).Keys);
        Assert.Empty(History.Window("another account", null, Noon.AddMinutes(-1), Noon));
    }

    [Fact]
    public void Window_OfAWholeFleet_IsWhatTheWindowsOfEachWouldBe()
    {
        for (int tick = 0; tick < 10; tick++)
            Tick(Noon.AddMinutes(tick), 8, i => i * tick % 3 == 0 ? null : i);

        IReadOnlyDictionary<string, IReadOnlyList<Reading>> fleet = Window(2, 7);

        Assert.Equal(8, fleet.Count);
        Assert.All(fleet, one =>
        {
            Assert.Equal([2, 3, 4, 5, 6, 7], Minutes(one.Value));
            Assert.Equal(one.Value, History.Window(TempFolder.Account, [one.Key], Noon.AddMinutes(2), Noon.AddMinutes(7))[one.Key]);
        });
    }

    [Fact]
    public void Window_UnknownReadings_StayUnknown()
    {
        History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = Noon, GpuUtilization = double.NaN, MemoryUsage = -1 }], Noon);

        Assert.Equal(new Reading(Noon, null, null, 0, true, null), Assert.Single(Window(-1, 1)["inst_1"]));
    }

    [Theory]
    [InlineData(90.0, 0.0)]
    [InlineData(0.0, 90.0)]
    [InlineData(null, 90.0)]
    [InlineData(90.0, null)]
    public void RecordSamples_TwoInOneMillisecond_KeepsTheBusierOne(double? first, double? second)
    {
        History.RecordReadings(TempFolder.Account, [Reading("inst_1", Noon, first), Reading("inst_1", Noon, second)], Noon);

        Assert.Equal(90, Assert.Single(Window(-1, 1)["inst_1"]).PeakGpu);
        Assert.Equal(90, Assert.Single(History.Readings(TempFolder.Account, null, Noon)).GpuUtilization);
    }

    [Theory]
    [InlineData(null, 0.0)]
    [InlineData(0.0, null)]
    public void RecordSamples_TwoInOneMillisecondAndOneUnread_ProveNothing(double? first, double? second)
    {
        History.RecordReadings(TempFolder.Account, [Reading("inst_1", Noon, first), Reading("inst_1", Noon, second)], Noon);

        Reading reading = Assert.Single(Window(-1, 1)["inst_1"]);
        Assert.Equal((0, true), (reading.PeakGpu, reading.HasUnreadGpus));
        Assert.Equal(0, Assert.Single(History.Readings(TempFolder.Account, null, Noon)).GpuUtilization);
    }

    [Fact]
    public void LastSampled_IsTheNewestOfEach()
    {
        Record("inst_2", 1, null);
        Record("inst_1", 3, 1);
        Record("inst_1", 5, 1);

        IReadOnlyDictionary<string, ReadingRecord> known = Store.ReadingRequests.All(TempFolder.Account);

        Assert.Equal((2, Noon.AddMinutes(5), Noon.AddMinutes(1)), (known.Count, known["inst_1"].LastRead, known["inst_2"].LastRead));
        Assert.Empty(Store.ReadingRequests.All("another account"));
    }

    [Fact]
    public void RecordSamples_DropsWhatIsOlderThanTheRetention()
    {
        using IStore store = Folder.Open(new StoreLimits { SampleRetention = TimeSpan.FromHours(1) });
        Record("inst_old", 0, 1);
        Record("inst_old", 10, 1);

        store.History.RecordReadings(TempFolder.Account, [Reading("inst_new", Noon.AddMinutes(65), 1)], Noon.AddMinutes(65));

        Assert.Equal([10, 65], History.Readings(TempFolder.Account, null, Noon.AddDays(-1)).Select(sample => (int)(sample.SampledAt - Noon).TotalMinutes));
        Assert.Equal([10], Minutes(Window(15, 60)["inst_old"]));
    }

#if !POSTGRES // There, a day is dropped as a whole.
    [Fact]
    public void RecordSamples_AfterALongPause_DropsTheOldOnesBitByBit()
    {
        for (int tick = 0; tick < 25; tick++)
            Tick(Noon.AddSeconds(tick), 1000, _ => 1);
        DateTimeOffset later = Noon.AddDays(15);

        var left = new List<int>();
        for (int run = 0; run < 3; run++)
        {
            History.RecordReadings(TempFolder.Account, [Reading("inst_new", later.AddSeconds(run), 1)], later.AddSeconds(run));
            left.Add(History.Readings(TempFolder.Account, null, Noon).Count(sample => sample.SampledAt < later));
        }

        Assert.Equal([14000, 3000, 0], left);
    }
#endif

    [Fact]
    public void RecordSamples_OfAClockThatRunsAhead_DropsNothingOfAnotherAccount()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        History.RecordReadings(TempFolder.Account, [Reading("inst_1", now, 1)], now);

        History.RecordReadings("emulator", [Reading("inst_1", now.AddYears(1), 1)], now.AddYears(1));

        Assert.Single(History.Readings(TempFolder.Account, null, now.AddDays(-1)));
        Assert.Single(History.Readings("emulator", null, now.AddDays(1)));
    }

    [Fact]
    public void RecordSamples_InstanceThatAnotherProcessDropped_IsBack()
    {
        Record("inst_1", 0, 1);
        _ = Outside.Ask(Folder.File, "DELETE FROM instance");

        Record("inst_1", 1, 2);

        Assert.Equal([1], Minutes(Window(-1, 5)["inst_1"]));
    }

    private void Tick(DateTimeOffset at, int instances, Func<int, double?> gpu) =>
        History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, instances).Select(i => Reading("inst_" + i, at, gpu(i)))], at);

    private void Record(string id, int minute, double? gpu, double?[]? gpus = null, double? memory = null)
    {
        DateTimeOffset at = Noon.AddMinutes(minute);
        History.RecordReadings(TempFolder.Account,
        [
            new InstanceMetrics
            {
                Id = id,
                SampledAt = at,
                GpuUtilization = gpu,
                MemoryUsage = memory,
                Uptime = TimeSpan.FromHours(1),
                Gpus = [.. (gpus ?? []).Select((utilization, index) => new GpuMetrics { Index = index, Utilization = utilization })],
            },
        ], at);
    }

    private static InstanceMetrics Reading(string id, DateTimeOffset at, double? gpu) => new() { Id = id, SampledAt = at, GpuUtilization = gpu };

    private IReadOnlyDictionary<string, IReadOnlyList<Reading>> Window(int from, int to) =>
        History.Window(TempFolder.Account, null, Noon.AddMinutes(from), Noon.AddMinutes(to));

    private static IEnumerable<int> Minutes(IReadOnlyList<Reading> readings) => readings.Select(reading => (int)(reading.At - Noon).TotalMinutes);
}
