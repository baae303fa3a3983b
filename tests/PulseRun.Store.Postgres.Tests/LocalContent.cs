#if NET
using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Store.Tests;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Stands for the content of a machine's file. Another database holds it, because this assembly does not load SQLite.</summary>
internal sealed class LocalContent : IStoreContent, IDisposable
{
    public static readonly DateTimeOffset Begin = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddDays(-1);
    private readonly TempFolder _folder = new();

    public LocalContent()
    {
        Store = _folder.Open();
        for (int part = 0; part < 5; part++)
            Store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(part * 5000, 5000).Select(static i => new InstanceMetrics { Id = "inst_" + i % 2, SampledAt = Begin.AddSeconds(i), GpuUtilization = i % 100 })], Begin.AddDays(1));
        Store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_0", Status = "running" }, new Instance { Id = "inst_1", Status = "running", CostPerHour = 1.5m }], true, Begin);
        Guid intent = Guid.NewGuid();
        Store.Launches.Begin(TempFolder.Account, intent, new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, Begin);
        Store.Launches.Close(intent, LaunchOutcome.Launched, "inst_1", "answer", Begin);
        Store.Notes.Protect(TempFolder.Scope, "inst_1", "kept", null, Begin);
        Store.Notes.Change(TempFolder.Scope, "inst_0", new NoteChange { Name = new("trainer"), Tags = new Dictionary<string, string> { ["team"] = "vision" }, ExpiresAt = new(Begin.AddDays(9)) }, Begin);
        Store.Cleanups.RecordStop(TempFolder.Account, "inst_0", Begin);
    }

    public IStore Store { get; }

    public IReadOnlyList<string> Accounts() => [TempFolder.Account];

    public IReadOnlyList<LaunchRecord> Launches(string account) =>
        [.. Store.Launches.Look(account).Claimed.Select(_ => Store.Launches.Untold(account)).First()];

    public IReadOnlyList<StoredNote> Notes() => [.. Store.Notes.All(TempFolder.Scope.Service).Select(static note => new StoredNote(TempFolder.Scope.Service, note, null, Begin, Begin))];

    public IReadOnlyList<StoredPrice> Prices(string account) => [new StoredPrice("h100_80gb", false, "vast_ai", "eu", 2.5m, Begin)];

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
#endif
