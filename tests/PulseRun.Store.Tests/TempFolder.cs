using System;
using System.IO;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Tests;

/// <summary>Provides a temporary folder for the stores of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public const string Account = "account-a";

    public static readonly NoteScope Scope = new("https://api.example/", Account);

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "pulserun-store-" + Guid.NewGuid().ToString("N"));

    /// <summary>Gets the data folder. The store creates it.</summary>
    public string Data => Path.Combine(Root, "data");

    public string File => Path.Combine(Data, "pulserun.db");

    public TempFolder() => Directory.CreateDirectory(Root);

    public IStore Open() => StoreFactory.Open(Data);

    public IStore Open(StoreLimits limits) => new SqliteStore(Data, limits);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
