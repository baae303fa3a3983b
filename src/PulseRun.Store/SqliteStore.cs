using System;
using PulseRun.Contracts;
using PulseRun.Store.History;
using PulseRun.Store.Launches;
using PulseRun.Store.Protections;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store;

/// <summary>The store in one SQLite file per user. The file is opened, and made, at first use.</summary>
internal sealed class SqliteStore : IStore
{
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(14);

    private readonly StoreFile _file;
    private readonly Database _database;

    /// <param name="directory">Where the file is.</param>
    /// <param name="retention">How long readings are kept.</param>
    /// <param name="maxPages">See <see cref="StoreFile"/>.</param>
    public SqliteStore(string directory, TimeSpan retention, int? maxPages = null)
    {
        _file = new StoreFile(directory, maxPages);
        _database = new Database(_file);
        Launches = new LaunchJournal(_database);
        History = new SampleHistory(_database, retention);
        Protections = new ProtectionList(_database);
    }

    public ILaunchJournal Launches { get; }

    public IHistory History { get; }

    public IProtections Protections { get; }

    public string? TakeNotice() => _file.TakeNotice();

    public void Dispose() => _database.Dispose();
}
