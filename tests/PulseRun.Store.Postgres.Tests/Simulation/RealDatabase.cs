#if NET
using System;
using System.Collections.Generic;
using System.Linq;
using Npgsql;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Store.Sqlite;
using PulseRun.Tests.Shared;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>
/// The real statements with a simulated clock: clock_timestamp of the schema "sim" is found before that of the server. It returns the value of a sequence, because that costs neither a transaction nor a dead row.
/// </summary>
internal sealed class RealDatabase : ISimulatedDatabase, IDisposable
{
    private const string Truncate = "TRUNCATE pulserun.cleanup_run, pulserun.cleanup_act, pulserun.lease, pulserun.instance, pulserun.account";
    private readonly NpgsqlConnection _connection;
    private readonly PostgresStore[] _stores;
    private readonly Func<DateTimeOffset>[] _clocks = new Func<DateTimeOffset>[3];
    private Func<TimeSpan> _steady = static () => TimeSpan.Zero;
    private DateTimeOffset _set;
    private int _worlds;

    public RealDatabase(string text)
    {
        // The socket of the server, without a network in between.
        var settings = new NpgsqlConnectionStringBuilder(text) { Host = PostgresCluster.Shared.Folder };
        string name = settings.Database!;
        PostgresCluster.Shared.Sql(name, """
            CREATE SCHEMA sim;
            CREATE SEQUENCE sim.clock;
            CREATE FUNCTION sim.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT timestamptz ''epoch'' + last_value * interval ''1 millisecond'' FROM sim.clock';
            """);
        PostgresCluster.Shared.Sql(name, "ALTER DATABASE " + name + " SET search_path = sim, pg_catalog, public; ALTER DATABASE " + name + " SET synchronous_commit = off");
        NpgsqlConnection.ClearAllPools();
        _connection = new NpgsqlConnection(settings.ConnectionString);
        _connection.Open();
        _stores = [.. Enumerable.Range(0, 3).Select(i => new PostgresStore(settings.ConnectionString, null, new StoreLimits(), () => _clocks[i](), () => _steady(), "host" + (i + 1)))];
    }

    public ISimulatedStore Store(int host, World world)
    {
        if (host == 1)
        {
            _steady = () => world.Now - DateTimeOffset.UnixEpoch;
            // The statements read tables without an index by account, which the worlds would fill. The accounts of other worlds are remembered by the stores, and never used again.
            if (_worlds++ % 50 == 49)
                Run(Truncate);
        }
        _clocks[host - 1] = () => world.ClockOf(host);
        return new HostStore(this, _stores[host - 1], world);
    }

    public bool Holds(World world, Guid run, string id)
    {
        Set(world.Now);
        using NpgsqlCommand command = Command("SELECT l.run = $3 AND l.expires_at > clock_timestamp() FROM pulserun.lease l JOIN pulserun.account a ON a.id = l.account WHERE a.digest = $1 AND l.instance = $2", world.Account, id, run);
        return command.ExecuteScalar() is true;
    }

    public void Dispose()
    {
        foreach (PostgresStore store in _stores)
            store.Dispose();
        _connection.Dispose();
    }

    private void Set(DateTimeOffset now)
    {
        if (now == _set)
            return;
        _set = now;
        Run("SELECT setval('sim.clock', $1)", now.ToUnixTimeMilliseconds());
    }

    private void Run(string sql, params object[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>Sets the clock of the database when the store is about to be used.</summary>
    private sealed class HostStore(RealDatabase database, PostgresStore store, World world) : ISimulatedStore
    {
        public ICleanupRuns Cleanups
        {
            get
            {
                database.Set(world.Now);
                return store.Cleanups;
            }
        }

        public IReadingRequests ReadingRequests
        {
            get
            {
                database.Set(world.Now);
                return store.ReadingRequests;
            }
        }

        public TimeSpan ClockOffset => store.ClockOffset;
    }
}
#endif
