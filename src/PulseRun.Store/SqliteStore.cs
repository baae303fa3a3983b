using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Launch;
using PulseRun.Core.Protections;
using PulseRun.Core.Store;
using PulseRun.Store.Cleanup;
using PulseRun.Store.History;
using PulseRun.Store.Launch;
using PulseRun.Store.Protections;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store;

/// <summary>Implements the store with one SQLite file per user. The file is opened, and created if necessary, at its first use.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly StoreFile _file;
    private readonly Database _database;

    public SqliteStore(string directory, StoreLimits limits)
    {
        _file = new StoreFile(directory, limits);
        _database = new Database(_file);
        Launches = new LaunchJournal(_database);
        History = new ReadingHistory(_database, limits.SampleRetention);
        Protections = new ProtectionList(_database);
        Cleanups = new CleanupRuns(_database);
    }

    public ILaunchJournal Launches { get; }

    public IHistory History { get; }

    public IProtections Protections { get; }

    public ICleanupRuns Cleanups { get; }

    public string? Damaged => _file.Aside();

    public IReadOnlyList<(string? Origin, int Count)> OpenLaunchesElsewhere(string account)
    {
        var rows = _database.Read(session =>
        {
            var found = new List<(string? Origin, string? Owner)>();
            Statement open = session.Sql("SELECT origin, owner FROM launch WHERE outcome IS NULL AND account IS NOT ?1").Bind(session.FindAccount(account));
            while (open.Step())
                found.Add((open.TextOrNull(0), open.TextOrNull(1)));
            return found;
        });
        // A living command finishes its own launches.
        return rows.Where(static row => ProcessIdentity.StateOf(row.Owner) != OwnerState.Alive)
            .GroupBy(static row => row.Origin).Select(static group => (group.Key, group.Count())).OrderBy(static group => group.Key, StringComparer.Ordinal).ToList();
    }

    public string? TakeNotice() => _file.TakeNotice();

    public void Dispose() => _database.Dispose();
}
