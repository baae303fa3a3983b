using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Tests values in the database that this module never writes. Each causes a StoreUnavailableException or is skipped; none hangs or causes another exception.</summary>
public sealed class HostileRowsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public HostileRowsTests()
    {
        using IStore store = _folder.Open();
        store.History.RecordReadings(TempFolder.Account, [Reading("inst_a", 0), Reading("inst_b", 0)], TempFolder.Noon);
        store.History.RecordReadings(TempFolder.Account, [Reading("inst_a", 1), Reading("inst_b", 1)], TempFolder.Noon.AddMinutes(1));
        store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_a", Status = "stopped", CostPerHour = 1.5m, StartedAt = TempFolder.Noon }], complete: true, TempFolder.Noon);
        store.Notes.Protect(TempFolder.Scope, "inst_a", "x", TempFolder.Noon.AddDays(1), TempFolder.Noon);
        store.Launches.Begin(TempFolder.Account, Guid.NewGuid(), new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, TempFolder.Noon);
    }

    public static TheoryData<string> Absurd => new("'abc'", "''", "x'00'", "1e300", "-1e300", "123.5", "1772366400000.5", "9223372036854775807", "-9223372036854775808", "253402300800000");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Absurd))]
    public void AReadingAtNoTime_IsLeftOut_AndTheRestIsRead(string value)
    {
        _ = Outside.Ask(_folder.File, "UPDATE sample SET ts = " + value + " WHERE instance = 1 AND ts = (SELECT min(ts) FROM sample)");

        List<InstanceMetrics> read = Bounded(store => store.History.Readings(TempFolder.Account, null, TempFolder.Noon.AddDays(-1)).Take(1000).ToList());

        Assert.Equal(["inst_b", "inst_a", "inst_b"], read.Select(reading => reading.Id));
    }

    [Theory]
    [MemberData(nameof(Absurd))]
    public void AReadingAtNoTime_SpoilsNoOtherUse(string value)
    {
        _ = Outside.Ask(_folder.File, "UPDATE sample SET ts = " + value + " WHERE instance = 1 AND ts = (SELECT min(ts) FROM sample); UPDATE instance SET last_sample = " + value + ", first_sample = " + value + " WHERE id = 2");
        Bounded(store =>
        {
            store.History.RecordReadings(TempFolder.Account, [Reading("inst_a", 2)], TempFolder.Noon.AddMinutes(2));
            _ = store.ReadingRequests.All(TempFolder.Account);
            ReadOrRefuse(() => store.History.Window(TempFolder.Account, null, TempFolder.Noon, TempFolder.Noon.AddHours(1)));
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(Absurd))]
    public void AStateAtNoTime_IsRefused(string value)
    {
        foreach (string column in new[] { "since", "last_seen", "started_at", "largest_gap", "cost" })
        {
            _ = Outside.Ask(_folder.File, "UPDATE instance SET state_since = NULL; UPDATE state SET since = " + TempFolder.Noon.ToUnixTimeMilliseconds() + ", last_seen = since, started_at = since, largest_gap = 0, cost = '1.5'");
            _ = Outside.Ask(_folder.File, "UPDATE state SET " + column + " = " + value + "; UPDATE instance SET state_since = (SELECT since FROM state WHERE state.instance = instance.id)");
            Bounded(store =>
            {
                ReadOrRefuse(() => store.History.CurrentStates(TempFolder.Account));
                ReadOrRefuse(() => store.History.States(TempFolder.Account, TempFolder.Noon));
                ReadOrRefuse(() => store.History.StoppedSince(TempFolder.Account, TimeSpan.FromDays(1)));
                return 0;
            });
        }
    }

    [Theory]
    [MemberData(nameof(Absurd))]
    public void AProtectionUntilNoTime_IsAnError_AndNotGone(string value)
    {
        _ = Outside.Ask(_folder.File, "UPDATE note SET protected_at = " + value);
        Bounded(store =>
        {
            Assert.Equal(StoreFailure.Corrupt, Assert.Throws<StoreUnavailableException>(() => store.Notes.Protections(TempFolder.Noon)).Reason);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(Absurd))]
    public void ALaunchAtNoTime_IsAnError_AndNotGone(string value)
    {
        foreach (string column in new[] { "requested_at", "budget_limit", "intent" })
        {
            if (column == "budget_limit" && decimal.TryParse(value, out _))
                continue;
            using var other = new HostileRowsTests();
            _ = Outside.Ask(other._folder.File, "UPDATE launch SET " + column + " = " + value);
            other.Bounded(store =>
            {
                Assert.Equal(StoreFailure.Corrupt, Assert.Throws<StoreUnavailableException>(() => store.Launches.Open(TempFolder.Account)).Reason);
                return 0;
            });
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-2147483648")]
    [InlineData("2147483647")]
    public void ASchemaVersionThatIsNone_IsRefused_AndLeftAlone(string version)
    {
        _ = Outside.Ask(_folder.File, "PRAGMA user_version = " + version);
        Bounded(store => Assert.Throws<StoreUnavailableException>(() => store.Notes.Protections(TempFolder.Noon)));
        Assert.Equal(long.Parse(version, System.Globalization.CultureInfo.InvariantCulture), Outside.Ask(_folder.File, "PRAGMA user_version"));
        Assert.Equal(1L, Outside.Ask(_folder.File, "SELECT count(*) FROM note WHERE protected_at IS NOT NULL"));
    }

    private static InstanceMetrics Reading(string id, int minute) => new() { Id = id, SampledAt = TempFolder.Noon.AddMinutes(minute), GpuUtilization = 50 };

    private static void ReadOrRefuse<T>(Func<T> read)
    {
        try
        {
            _ = read();
        }
        catch (StoreUnavailableException error)
        {
            Assert.Equal(StoreFailure.Corrupt, error.Reason);
        }
    }

    /// <summary>Runs work on the store. Fails when it does not end within 100 s.</summary>
    private T Bounded<T>(Func<IStore, T> work)
    {
        var running = System.Threading.Tasks.Task.Run(() =>
        {
            using IStore store = _folder.Open();
            return work(store);
        });
#pragma warning disable xUnit1031 // The test checks that the task ends.
        Assert.True(running.Wait(TimeSpan.FromSeconds(100)), "The work did not end within 100 s.");
        return running.Result;
#pragma warning restore xUnit1031
    }
}
