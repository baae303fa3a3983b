using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Npgsql;
using PulseRun.Store.Postgres.Schema;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>
/// Runs transactions. Repeats one that provably was not committed, asks the server about one whose commit got no answer, and converts every failure to a
/// StoreUnavailableException. After a failure to connect it fails at once for a short time that grows, so that a command with many uses of the store ends soon.
/// </summary>
internal sealed class Database : IDisposable
{
    /// <summary>The first statement of every transaction. All settings end with the transaction. A host that is paused inside a transaction loses it, and with it its locks, after some seconds.</summary>
    private const string Begin = """
        SELECT clock_timestamp(), (SELECT max(version) FROM pulserun.schema_version),
            set_config('lock_timeout', '15000', true), set_config('idle_in_transaction_session_timeout', '10000', true), set_config('statement_timeout', '60000', true)
        """;

    private const string BeginWrite = Begin + ", pg_current_xact_id()::text";

    /// <summary>A smaller difference of the clocks of one host is drift or the time between two readings of them.</summary>
    private static readonly TimeSpan s_smallestStep = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>Limits the difference between the clock of this host and that of the database. Up to this limit the difference is corrected.</summary>
    public static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private readonly Func<NpgsqlConnectionStringBuilder> _settings;
    private readonly Func<DateTimeOffset> _hostClock;
    private readonly Func<TimeSpan>? _steady;
    private readonly ConcurrentDictionary<string, int> _accounts = new(StringComparer.Ordinal);
    private readonly Stopwatch _sinceFailure = new();
    private readonly object _gate = new();
    private TimeSpan _pause;
    private Exception? _failure;
    private NpgsqlDataSource? _source;
    private long _offsetTicks;
    private Measurement? _measured;
    private bool _disposed;

    /// <param name="settings">Returns the settings. Called at the first use, because it may read files and run the command for the password.</param>
    /// <param name="where">The place of the store, without anything secret.</param>
    /// <param name="hostClock">Returns the time of this host; null for the system's clock.</param>
    /// <param name="steady">Returns the monotonic time of this host. Null for the system's clock, or for none beside another <paramref name="hostClock"/>.</param>
    public Database(Func<NpgsqlConnectionStringBuilder> settings, string where, Func<DateTimeOffset>? hostClock = null, Func<TimeSpan>? steady = null)
    {
        _steady = steady ?? (hostClock is null ? static () => TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency) : null);
        _hostClock = hostClock ?? (static () => DateTimeOffset.UtcNow);
        _settings = settings;
        Where = where;
    }

    /// <summary>Gets where the store is, without anything secret.</summary>
    public string Where { get; private set; }

    /// <summary>Gets the database's clock minus that of this host, as last measured. A clock of this host that was set since then changes it: otherwise the first time after that would be wrong for all hosts.</summary>
    public TimeSpan ClockOffset
    {
        get
        {
            var offset = new TimeSpan(Interlocked.Read(ref _offsetTicks));
            if (_steady is null || Volatile.Read(ref _measured) is not { } measured)
                return offset;
            TimeSpan step = _hostClock() - measured.Wall - (_steady() - measured.Steady);
            return step.Duration() > s_smallestStep ? offset - step : offset;
        }
    }

    public T Read<T>(Func<Session, T> work) => Run(work, isWrite: false);

    public T Write<T>(Func<Session, T> work) => Run(work, isWrite: true);

    /// <summary>Runs work on a connection of its own outside the rules of transactions: migrations, and the state of a database that has no tables yet.</summary>
    public T Raw<T>(Func<NpgsqlConnection, T> work)
    {
        try
        {
            using NpgsqlConnection connection = Open();
            return work(connection);
        }
        catch (Exception error) when (Faults.CanExplain(error))
        {
            throw Faults.Explain(error, Where);
        }
    }

    public bool TryGetAccount(string account, out int number) => _accounts.TryGetValue(account, out number);

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _source?.Dispose();
        }
    }

    private T Run<T>(Func<Session, T> work, bool isWrite)
    {
        ThrowIfRecentlyFailed();
        var clock = Stopwatch.StartNew();
        for (int attempt = 1; ; attempt++)
        {
            string? transactionId = null;
            bool isCommitting = false, isConnected = false;
            T result = default!;
            try
            {
                using NpgsqlConnection connection = Open();
                isConnected = true;
                using NpgsqlTransaction transaction = connection.BeginTransaction();
                Session session = Start(connection, transaction, isWrite, out transactionId);
                result = work(session);
                isCommitting = true;
                transaction.Commit();
                Remember(session);
                return result;
            }
            catch (Exception error) when (Faults.CanExplain(error))
            {
                // The commit got no answer, so ask the server whether it happened.
                if (isCommitting && error is not PostgresException { SqlState: "40001" or "40P01" or "23505" } && IsCommitted(transactionId, clock) is { } answer)
                {
                    if (answer)
                        return result;
                }
                else if (isCommitting && isWrite)
                {
                    throw Note(Faults.Make(StoreFailure.Unreachable, Where, "ended the connection during a commit, and cannot be asked whether it happened: " + error.Message, error), isConnected: false);
                }
                if (!Faults.IsPassing(error) || clock.Elapsed > s_longestRetry || attempt > (error is PostgresException { SqlState: "23505" } ? 3 : 20) || (!isConnected && attempt > 1 && clock.Elapsed > TimeSpan.FromSeconds(2)))
                    throw Note(Faults.Explain(error, Where), isConnected);
                Thread.Sleep(TimeSpan.FromMilliseconds(Math.Min(1000, 25 << Math.Min(attempt, 6))));
            }
        }
    }

    private NpgsqlConnection Open()
    {
        NpgsqlDataSource source;
        lock (_gate)
        {
#pragma warning disable CA1513 // .NET Framework lacks ObjectDisposedException.ThrowIf.
            if (_disposed)
                throw new ObjectDisposedException(nameof(Database));
#pragma warning restore CA1513
            if (_source is null)
            {
                NpgsqlConnectionStringBuilder settings = _settings();
                Where = ConnectionText.Describe(settings);
                _source = Sources.Create(settings);
            }
            source = _source;
        }
        return source.OpenConnection();
    }

    private Session Start(NpgsqlConnection connection, NpgsqlTransaction transaction, bool isWrite, out string? transactionId)
    {
        using var command = new NpgsqlCommand(isWrite ? BeginWrite : Begin, connection, transaction);
        var trip = Stopwatch.StartNew();
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        var row = new Row(reader);
        DateTimeOffset now = row.Moment(0);
        SetOffset(now, trip.Elapsed);
        int version = row.IntOrNull(1) ?? 0;
        if (version != Migrations.Current)
            throw version > Migrations.Current
                ? Faults.Make(StoreFailure.NewerVersion, Where, "was made by a newer version of PulseRun (schema " + Text(version) + "; this version supports " + Text(Migrations.Current) + "). It was not changed. Update the module.")
                : Faults.Make(StoreFailure.NoSchema, Where, "has the tables of an earlier version of PulseRun (schema " + Text(version) + "; this version needs " + Text(Migrations.Current) + "). Run Initialize-PRStore.");
        transactionId = isWrite ? row.Text(5) : null;
        return new Session(connection, transaction, this, now);
    }

    /// <summary>Measures the difference of the clocks. A difference below the uncertainty of the measurement changes nothing, so that time does not jitter.</summary>
    private void SetOffset(DateTimeOffset theirs, TimeSpan trip)
    {
        TimeSpan offset = theirs - (_hostClock() - new TimeSpan(trip.Ticks / 2));
        if (offset.Duration() > MostSkew)
        {
            throw Faults.Make(StoreFailure.ClockSkew, Where, "has another time than this host: " + theirs.ToString("u", CultureInfo.InvariantCulture) + " there, "
                + _hostClock().ToString("u", CultureInfo.InvariantCulture) + " here. With clocks more than 5 minutes apart nothing is decided. Set the clock of the host that is wrong.");
        }
        if ((offset - new TimeSpan(Interlocked.Read(ref _offsetTicks))).Duration() > trip + TimeSpan.FromMilliseconds(200))
            Interlocked.Exchange(ref _offsetTicks, offset.Duration() > trip ? offset.Ticks : 0);
        if (_steady is not null)
            Volatile.Write(ref _measured, new Measurement(_hostClock(), _steady()));
    }

    /// <summary>Represents the clocks of this host at the moment at which the offset was measured.</summary>
    private sealed record Measurement(DateTimeOffset Wall, TimeSpan Steady);

    /// <summary>Returns whether a transaction was committed; null when the server cannot be asked or no longer knows.</summary>
    private bool? IsCommitted(string? transactionId, Stopwatch clock)
    {
        if (transactionId is null)
            return false;
        for (int attempt = 1; clock.Elapsed < s_longestRetry + s_longestRetry; attempt++)
        {
            try
            {
                using NpgsqlConnection connection = Open();
                using var ask = new NpgsqlCommand("SELECT pg_xact_status($1::xid8)", connection);
                ask.Parameters.Add(new NpgsqlParameter { Value = transactionId, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown });
                switch (ask.ExecuteScalar() as string)
                {
                    case "committed": return true;
                    case "aborted": return false;
                    case null: return null;
                }
            }
            catch (Exception error) when (Faults.CanExplain(error) && (Faults.IsPassing(error) || error is NpgsqlException))
            {
                if (error is PostgresException { SqlState: "22023" })
                    return null; // The transaction is in the future of this server: a failover lost it.
            }
            Thread.Sleep(TimeSpan.FromMilliseconds(Math.Min(1000, 50 << Math.Min(attempt, 5))));
        }
        return null;
    }

    private void ThrowIfRecentlyFailed()
    {
        lock (_gate)
        {
            if (_failure is { } failure && _sinceFailure.Elapsed < _pause)
                throw new StoreUnavailableException(StoreFailure.Unreachable, failure.Message, failure) { Advice = Faults.Advice(StoreFailure.Unreachable) };
        }
    }

    private StoreUnavailableException Note(StoreUnavailableException failure, bool isConnected)
    {
        lock (_gate)
        {
            // Later work fails at once only after the server could not be reached, because each attempt would wait for a timeout. Other failures come immediately and may end at any moment, so they are tried again.
            if (isConnected || failure.Reason != StoreFailure.Unreachable)
                return failure;
            _failure = failure;
            _pause = _pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(500) : new TimeSpan(Math.Min(_pause.Ticks * 2, s_longestPause.Ticks));
            _sinceFailure.Restart();
        }
        return failure;
    }

    private void Remember(Session session)
    {
        foreach (System.Collections.Generic.KeyValuePair<string, int> account in session.Accounts)
            _accounts[account.Key] = account.Value;
        lock (_gate)
        {
            _failure = null;
            _pause = TimeSpan.Zero;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
