using System;
using System.Collections.Generic;
using PulseRun.Core.Budgets;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Schedules;
using PulseRun.Core.Store;
using PulseRun.Store.Postgres.Budgets;
using PulseRun.Store.Postgres.Cleanup;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.History;
using PulseRun.Store.Postgres.Jobs;
using PulseRun.Store.Postgres.Launch;
using PulseRun.Store.Postgres.Notes;
using PulseRun.Store.Postgres.RateLimit;
using PulseRun.Store.Postgres.Schedules;
using PulseRun.Store.Postgres.Schema;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Postgres;

/// <summary>Implements the store with one PostgreSQL database for all hosts of a team.</summary>
internal sealed class PostgresStore : ITeamStore
{
    private readonly Database _database;
    private readonly ReadingHistory _history;

    public PostgresStore(string text, Func<string>? password, StoreLimits limits, Func<DateTimeOffset>? hostClock = null, Func<TimeSpan>? steady = null, string? host = null)
    {
        _database = new Database(() => ConnectionText.Parse(text, password?.Invoke()), StoreText.Shown(text), hostClock, steady);
        Launches = new LaunchJournal(_database);
        History = _history = new ReadingHistory(_database, limits.SampleRetention);
        ReadingRequests = new ReadingRequests(_database);
        Notes = new NoteList(_database);
        Budgets = new BudgetList(_database);
        Schedules = new ScheduleJournal(_database);
        Jobs = new JobTable(_database);
        Cleanups = new CleanupRuns(_database, host ?? HostIdentity.Host);
        Warnings = new IdleWarnings(_database);
        Rate = new RateAllowance(_database);
    }

    public ILaunchJournal Launches { get; }

    public IHistory History { get; }

    public IReadingRequests ReadingRequests { get; }

    public INotes Notes { get; }

    public IBudgets Budgets { get; }

    public IScheduleJournal Schedules { get; }

    public IJobs Jobs { get; }

    public ICleanupRuns Cleanups { get; }

    public IIdleWarnings Warnings { get; }

    public IRateAllowance Rate { get; }

    /// <summary>Gets null: a damaged database is the business of its server.</summary>
    public string? Damaged => null;

    public string Where => _database.Where;

    public TimeSpan ClockOffset => _database.ClockOffset;

    public int RequiredVersion => Migrations.Current;

    public IReadOnlyList<LaunchRecord> OpenLaunchesElsewhere(string account) =>
        _database.Read(session => LaunchRows.Read(session, LaunchRows.SelectElsewhere, session.FindAccount(account), HostIdentity.Host));

    public string? TakeNotice() => null;

    public int ReadVersion() => _database.Raw(Migrations.Version);

    public int Initialize() => _database.Raw(connection => Migrations.Migrate(connection, Where));

    public string Script()
    {
        try
        {
            return Migrations.Script(ReadVersion());
        }
        catch (StoreUnavailableException error) when (error.Reason == StoreFailure.Unreachable)
        {
            // A person without access to the server can still read the whole script.
            return Migrations.Script(0);
        }
    }

    public IAuditLog Audit(string account) => new TeamAudit(_database, account);

    public StoreInfo Describe() => StoreReport.Read(_database);

    public IReadOnlyList<StoreRole> Roles() => StoreReport.Roles(_database);

    public StoreCount Clear(DateTimeOffset before) => StoreUpkeep.Clear(_database, before);

    public StoreCount Import(string source, IStoreContent local, Action<long> progress) => new StoreImport(_database, _history).Run(source, local, progress);

    public void Dispose() => _database.Dispose();
}
