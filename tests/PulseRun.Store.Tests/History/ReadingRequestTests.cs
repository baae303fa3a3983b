using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.History;

public sealed class ReadingRequestTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    private readonly TempFolder _folder = new();
    private IStore _store;

    public ReadingRequestTests() => _store = _folder.Open();

    private IReadingRequests Requests => _store.ReadingRequests;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void All_AfterReadingsAndMisses_CountsTheMissesSinceTheLastUsableReading()
    {
        Assert.Empty(Requests.All(TempFolder.Account));
        Read("a", 0, 80);
        Assert.Equal((At(0), At(0), 0), Known("a"));
        Miss("a", 1);
        Miss("a", 2);
        Assert.Equal((At(0), At(2), 2), Known("a"));
        // A refusal by the rate limit is a request, but no miss.
        Requests.RecordMisses(TempFolder.Account, ["a"], counts: false, At(3));
        Assert.Equal((At(0), At(3), 2), Known("a"));
        // An answer without the load of a GPU is a miss, too.
        Read("a", 4, null);
        Assert.Equal((At(4), At(4), 3), Known("a"));
        Reopen();
        Assert.Equal((At(4), At(4), 3), Known("a"));
        Read("a", 5, 0);
        Assert.Equal((At(5), At(5), 0), Known("a"));
        // An instance that was never read.
        Miss("b", 6);
        Assert.Equal((null, At(6), 1), Known("b"));
        Assert.Empty(Requests.All("another account"));
    }

    [Theory]
    [InlineData(90, 0)]
    [InlineData(3, 1)]
    public void RecordReadings_AGpuIsMissing_IsUsableOnlyWhenAnotherWorks(double gpu, int misses)
    {
        _store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "a", SampledAt = s_noon, Gpus = [new GpuMetrics { Utilization = gpu }, new GpuMetrics()] }], s_noon);
        Assert.Equal(misses, Requests.All(TempFolder.Account)["a"].Misses);
    }

    [Fact]
    public void Lease_InOrder_TakesTheFirstFreeOnes()
    {
        Assert.Equal(["c", "a"], Lease(0, 2, "c", "a", "b"));
        Assert.Equal(["b", "d"], Lease(0.1, 9, "c", "b", "a", "d"));
        Assert.Empty(Lease(0.2, 0, "e"));
        Assert.Empty(Lease(0.2, -1, "e"));
        Assert.Empty(Lease(0.2, 9));
    }

    [Fact]
    public void Lease_EndsWithTheReadingOrTheMiss()
    {
        Lease(0, 9, "a", "b", "c");
        Read("a", 0.5, 0);
        Miss("b", 0.5);
        Assert.Equal(["a", "b"], Lease(0.6, 9, "a", "b", "c"));
    }

    [Fact]
    public void Lease_OfARunThatEnded_Expires()
    {
        Lease(0, 9, "a");
        Assert.Empty(Lease(1.4, 9, "a"));
        Assert.Equal(["a"], Lease(1.5, 9, "a"));
    }

    [Fact]
    public void Lease_AskedByAnotherRunSince_IsLeftOut()
    {
        Read("a", 1, 0);
        Assert.Empty(Requests.Lease(TempFolder.Account, ["a"], 9, new LeaseTime(At(1.2), At(2), At(0.9))));
        Assert.Equal(["a"], Requests.Lease(TempFolder.Account, ["a"], 9, new LeaseTime(At(1.2), At(2), At(1))));
    }

    [Fact]
    public void Lease_AfterTheClockWasSetBack_IsNotHeldForHours()
    {
        Read("a", 600, 0);
        Lease(600, 9, "a", "b");
        Assert.Equal(["a", "b"], Lease(0, 9, "a", "b"));
    }

    [Fact]
    public void Lease_OfManyThreads_GivesEachInstanceOnce()
    {
        string[] all = Enumerable.Range(0, 100).Select(static i => "inst_" + i).ToArray();
        var stores = Enumerable.Range(0, 4).Select(_ => _folder.Open()).ToList();
        string[] leased = stores.AsParallel().WithDegreeOfParallelism(4)
            .SelectMany(store => store.ReadingRequests.Lease(TempFolder.Account, all, 30, new LeaseTime(s_noon, At(1.5), s_noon)))
            .ToArray();
        stores.ForEach(static store => store.Dispose());
        Assert.Equal(all.Order(StringComparer.Ordinal), leased.Order(StringComparer.Ordinal));
    }

#if NET
    [Fact]
    public void Lease_OfTwoProcessesAndAKill_GivesEachInstanceOnceAndIsFreeAfterTheTime()
    {
        using OtherProcess first = OtherProcess.Start("lease", _folder.Data, "120"), second = OtherProcess.Start("lease", _folder.Data, "120");
        first.Go();
        second.Go();
        string[] leased = [.. first.Finish(), .. second.Finish()];
        Assert.Equal((200, 200), (leased.Length, leased.Distinct().Count()));
        Assert.Empty(Lease(1.4, 9, leased));
        Assert.Equal(9, Lease(1.5, 9, leased).Count);
    }
#endif

    [Fact]
    public void Keep_SameReason_CountsInARow()
    {
        Read("a", 0, 0);
        Requests.Keep(TempFolder.Account, "a", KeptReason.Declined, At(1));
        Requests.Keep(TempFolder.Account, "a", KeptReason.Declined, At(2));
        Assert.Equal((At(2), KeptReason.Declined, 2), Kept("a"));
        Requests.Keep(TempFolder.Account, "a", KeptReason.Refused, At(3));
        Reopen();
        Assert.Equal((At(3), KeptReason.Refused, 1), Kept("a"));
    }

    [Fact]
    public void TryWarnOverload_IsTrueOnceInTheTime()
    {
        TimeSpan day = TimeSpan.FromDays(1);
        Assert.True(Requests.TryWarnOverload(TempFolder.Account, At(0), day));
        Reopen();
        Assert.False(Requests.TryWarnOverload(TempFolder.Account, At(60), day));
        Assert.True(Requests.TryWarnOverload("another account", At(60), day));
        Assert.True(Requests.TryWarnOverload(TempFolder.Account, At(24 * 60), day));
        // The clock was set back.
        Assert.True(Requests.TryWarnOverload(TempFolder.Account, At(0), day));
    }

#if !POSTGRES // There, the row of an instance has its newest reading, and the search is bounded by time.
    [Fact]
    public void Window_BeforeALongPause_ReadsABoundedNumberOfReadings()
    {
        Read("rare", 0, 80);
        Read("rare", 0.1, 80);
        // 60,000 readings of others between them and the window.
        for (int batch = 0; batch < 60; batch++)
            _store.History.RecordReadings(TempFolder.Account, Enumerable.Range(0, 1000).Select(i => Metrics("other_" + i, 1 + batch + i / 1000.0, 80)).ToList(), At(1 + batch + 1));
        Read("rare", 70, 0);
        Read("other_1", 70, 0);
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> window = _store.History.Window(TempFolder.Account, null, At(65), At(71));
        // The first reading shows that it was read before; the last one before the window is beyond the bound.
        Assert.Equal([At(0), At(70)], window["rare"].Select(static one => one.At));
        Assert.Equal([At(60.001), At(70)], window["other_1"].Select(static one => one.At));
    }
#endif

    private static DateTimeOffset At(double minute) => s_noon.AddMilliseconds(Math.Round(minute * 60_000));

    private static InstanceMetrics Metrics(string id, double minute, double? gpu) => new() { Id = id, SampledAt = At(minute), GpuUtilization = gpu };

    private void Read(string id, double minute, double? gpu) => _store.History.RecordReadings(TempFolder.Account, [Metrics(id, minute, gpu)], At(minute));

    private void Miss(string id, double minute) => Requests.RecordMisses(TempFolder.Account, [id], counts: true, At(minute));

    private IReadOnlyList<string> Lease(double minute, int most, params string[] ids) =>
        Requests.Lease(TempFolder.Account, ids, most, new LeaseTime(At(minute), At(minute + 1.5), At(minute)));

    private (DateTimeOffset? LastRead, DateTimeOffset? AskedAt, int Misses) Known(string id)
    {
        ReadingRecord record = Requests.All(TempFolder.Account)[id];
        return (record.LastRead, record.AskedAt, record.Misses);
    }

    private (DateTimeOffset? At, KeptReason Reason, int Times) Kept(string id)
    {
        ReadingRecord record = Requests.All(TempFolder.Account)[id];
        return (record.KeptAt, record.KeptReason, record.Keeps);
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = _folder.Open();
    }
}
