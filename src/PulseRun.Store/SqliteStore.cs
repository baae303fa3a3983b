using System.Collections.Generic;
using PulseRun.Core.Budgets;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Schedules;
using PulseRun.Core.Store;
using PulseRun.Store.Budgets;
using PulseRun.Store.Cleanup;
using PulseRun.Store.History;
using PulseRun.Store.Jobs;
using PulseRun.Store.Launch;
using PulseRun.Store.Notes;
using PulseRun.Store.Schedules;
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
        var marker = new NoteMarker(directory);
        Launches = new LaunchJournal(_database, marker);
        History = new ReadingHistory(_database, limits.SampleRetention);
        ReadingRequests = new ReadingRequests(_database);
        Notes = new NoteList(_database, marker);
        Budgets = new BudgetList(_database);
        Cleanups = new CleanupRuns(_database);
        Warnings = new IdleWarnings(_database);
        Schedules = new ScheduleJournal(_database);
        Jobs = new JobTable(_database);
    }

    public ILaunchJournal Launches { get; }

    public IHistory History { get; }

    public IReadingRequests ReadingRequests { get; }

    public INotes Notes { get; }

    public IBudgets Budgets { get; }

    public ICleanupRuns Cleanups { get; }

    public IIdleWarnings Warnings { get; }

    public IScheduleJournal Schedules { get; }

    public IJobs Jobs { get; }

    public string? Damaged => _file.Aside();

    public IReadOnlyList<LaunchRecord> OpenLaunchesElsewhere(string account) => _database.Read(session =>
        LaunchRows.Read(session.Sql(LaunchRows.SelectElsewhere).Bind(session.FindAccount(account))));

    /// <summary>Returns the accounts of the file.</summary>
    public IReadOnlyList<string> Accounts() => _database.Read(static session =>
    {
        var accounts = new List<string>();
        Statement rows = session.Sql("SELECT digest FROM account ORDER BY id");
        while (rows.Step())
            accounts.Add(rows.Text(0));
        return accounts;
    });

    /// <summary>Returns all launches of an account, oldest first.</summary>
    public IReadOnlyList<LaunchRecord> AllLaunches(string account) => _database.Read(session =>
        LaunchRows.Read(session.Sql(LaunchRows.Select + " ORDER BY requested_at, intent").Bind(session.FindAccount(account))));

    public string? TakeNotice() => _file.TakeNotice();

    public void Dispose() => _database.Dispose();
}
