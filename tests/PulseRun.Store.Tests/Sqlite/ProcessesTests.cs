#if NET
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Sqlite;

/// <summary>Tests several processes that use one store.</summary>
public class ProcessesTests
{
    [Fact]
    public void Open_AfterKillBetweenSendAndAnswer_ShowsTheLaunchWithADeadOwner()
    {
        using var folder = new TempFolder();
        Guid intent = Guid.NewGuid();
        using IStore store = folder.Open();
        using (OtherProcess other = OtherProcess.Start("launch", folder.Data, intent.ToString()))
        {
            Assert.Equal(OwnerState.Alive, Assert.Single(store.Launches.Open(TempFolder.Account)).OwnerState);
            other.Kill();
        }

        LaunchRecord left = Assert.Single(store.Launches.Open(TempFolder.Account));

        Assert.Equal(OwnerState.Dead, left.OwnerState);
        Assert.Equal(intent, left.IntentId);
        Assert.Equal(("h100_80gb", "pytorch", "eu", null), (left.Request.Gpu, left.Request.Template, left.Request.Region, left.Request.Spot));
        Assert.Equal((TempFolder.Noon, TempFolder.Noon.AddSeconds(1)), (left.RequestedAt, left.SentAt));
        Assert.True(store.Launches.TryAdopt(left));
        Assert.False(store.Launches.TryAdopt(left));
        Assert.Equal(OwnerState.Alive, Assert.Single(store.Launches.Open(TempFolder.Account)).OwnerState);
    }

    [Fact]
    public void TryClaim_ByFourProcessesAtOnce_GivesEachInstanceToOne()
    {
        using var folder = new TempFolder();

        string[] claimed = Together(4, _ => ["claim", folder.Data, "25"]);

        Assert.Equal(25, claimed.Length);
        Assert.Equal(25, claimed.Distinct().Count());
        using IStore store = folder.Open();
        JournalView view = store.Launches.Look(TempFolder.Account);
        Assert.Equal((100, 25), (view.Open.Count, view.Claimed.Count));
    }

    /// <summary>Under 2.00 an hour there is room for two launches of 0.80, in whichever process.</summary>
    [Fact]
    public void Begin_ByThreeProcessesAtOnceUnderAFleetLimit_ReservesNoMoreThanThereIsRoom()
    {
        using var folder = new TempFolder();
        Assert.Equal(2, Together(3, _ => ["reserve", folder.Data, "10"]).Length);
        using IStore store = folder.Open();
        Assert.Equal(1.60m, store.Launches.Open(TempFolder.Account).Sum(static launch => launch.Price));
    }

    [Fact]
    public void TryAdopt_ByTwoProcessesAtOnce_GivesEachLaunchToOne()
    {
        using var folder = new TempFolder();
        using IStore store = folder.Open();
        for (int i = 0; i < 20; i++)
        {
            Guid intent = Guid.NewGuid();
            store.Launches.Begin(TempFolder.Account, intent, new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, TempFolder.Noon);
            store.Launches.Release(intent);
        }

        string[] adopted = Together(2, _ => ["adopt", folder.Data]);

        Assert.Equal(20, adopted.Length);
        Assert.Equal(20, adopted.Distinct().Count());
    }

    [Fact]
    public void Record_ByFourProcessesThatMakeTheStoreAtOnce_LosesNothing()
    {
        using var folder = new TempFolder();

        Together(4, i => ["record", folder.Data, "inst_" + i, "50"]);

        using IStore store = folder.Open();
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> window = store.History.Window(TempFolder.Account, null, TempFolder.Noon.AddDays(-1), TempFolder.Noon.AddDays(1));
        Assert.Equal(5, window.Count);
        Assert.All(window.Values, readings => Assert.Equal(50, readings.Count));
        Assert.Equal(200, store.History.States(TempFolder.Account, TempFolder.Noon.AddDays(-1)).Count);
        Assert.Null(store.TakeNotice());
#if !POSTGRES
        Assert.Equal("ok", Outside.Ask(folder.File, "PRAGMA integrity_check"));
#endif
    }
#if !POSTGRES

    [Fact]
    public void SaveProfiles_ByThreeProcessesAtOnce_KeepsAll()
    {
        using var folder = new TempFolder();

        Together(3, i => ["save", folder.Data, "p" + i + "-", "15"]);

        Assert.Equal(45, StoreFactory.Profiles(folder.Data).Names().Count);
    }

    [Fact]
    public void Profiles_Alone_LoadNoSqlite()
    {
        using var folder = new TempFolder();

        string[] loaded = Together(1, _ => ["profiles", folder.Data]);

        Assert.Contains("PulseRun.Store", loaded);
        Assert.DoesNotContain(loaded, name => name.Contains("SQLite", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Append_ByThreeProcessesAtOnce_LosesNoLine_AndLoadsNoSqlite()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Root, "audit.jsonl");

        string[] loaded = Together(3, i => ["audit", path, "p" + i + "-", "40"]);

        string[] lines = File.ReadAllLines(path);
        Assert.Equal(120, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(120, lines.Length);
        Assert.DoesNotContain(loaded, name => name.Contains("SQLite", StringComparison.OrdinalIgnoreCase));
    }

#endif

    /// <summary>Starts several processes, lets them continue when all are ready, and returns their output.</summary>
    internal static string[] Together(int count, Func<int, string[]> args)
    {
        OtherProcess[] others = [.. Enumerable.Range(0, count).Select(i => OtherProcess.Start(args(i)))];
        foreach (OtherProcess other in others)
            other.Go();
        string[] said = [.. others.SelectMany(other => other.Finish())];
        foreach (OtherProcess other in others)
            other.Dispose();
        return said;
    }
}
#endif
