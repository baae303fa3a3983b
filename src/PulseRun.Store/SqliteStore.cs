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

    /// <summary>Returns all notes, in the order of their creation.</summary>
    public IReadOnlyList<StoredNote> AllNotes() => _database.Read(static session =>
    {
        var notes = new Dictionary<long, InstanceNote>();
        foreach ((long row, InstanceNote note) in NoteRows.Read(session.Sql(NoteRows.Select + "true")))
            notes[row] = note;
        var stored = new List<StoredNote>();
        Statement rows = session.Sql("SELECT id, service, lifetime, bound_at, changed_at FROM note ORDER BY id");
        while (rows.Step())
            stored.Add(new StoredNote(rows.Text(1), notes[rows.Long(0)], rows.IsNull(2) ? null : rows.Duration(2), rows.Time(3), rows.Time(4)));
        return stored;
    });

    /// <summary>Returns the last seen prices of an account.</summary>
    public IReadOnlyList<StoredPrice> AllPrices(string account) => _database.Read(session =>
    {
        var prices = new List<StoredPrice>();
        Statement rows = session.Sql("SELECT gpu, spot, provider, region, cost, seen_at FROM price WHERE account = ?1").Bind(session.FindAccount(account));
        while (rows.Step())
        {
            if (rows.MoneyOrNull(4) is { } cost)
                prices.Add(new StoredPrice(rows.Text(0), rows.Long(1) != 0, rows.Text(2), rows.Text(3), cost, rows.Time(5)));
        }
        return prices;
    });

    public string? TakeNotice() => _file.TakeNotice();

    public void Dispose() => _database.Dispose();
}
