using System;
using System.Collections.Generic;
using System.Diagnostics;
using Npgsql;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Schema;

namespace PulseRun.Store.Postgres;

/// <summary>Describes the store: its sizes, its users and its leases.</summary>
internal static class StoreReport
{
    private const string General = """
        SELECT current_setting('server_version'), pg_database_size(current_database()),
            (SELECT extract(epoch FROM max(replay_lag))::float8 FROM pg_stat_replication),
            (SELECT bool_or(pg_has_role(rolname, 'MEMBER')) FROM pg_roles WHERE rolname = 'pulserun_owner') IS TRUE OR has_schema_privilege('pulserun', 'CREATE'),
            (SELECT has_table_privilege(c.oid, 'INSERT') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pulserun' AND c.relname = 'launch'),
            (SELECT has_table_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pulserun' AND c.relname = 'v_reading'),
            clock_timestamp()
        """;

    /// <summary>Selects the tables. The partitions of readings are one table, and those of rows of 5 minutes another one.</summary>
    private const string Tables = """
        SELECT CASE WHEN c.relispartition THEN split_part(c.relname, '_', 1) ELSE c.relname::text END AS name, sum(greatest(c.reltuples, s.n_live_tup, 0))::bigint, sum(pg_total_relation_size(c.oid))::bigint
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE n.nspname = 'pulserun' AND c.relkind IN ('r', 'p') GROUP BY 1 ORDER BY 1
        """;

    private const string Connections = "SELECT application_name, host(client_addr), usename::text, backend_start FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'PulseRun%' ORDER BY backend_start";

    private const string Leases = "SELECT instance, intent, owner, token, taken_at, expires_at, result FROM pulserun.v_lease WHERE expires_at > clock_timestamp() - interval '1 day' ORDER BY taken_at DESC";

    private const string SelectRoles = """
        SELECT given.name, r.oid IS NOT NULL, coalesce(pg_has_role(current_user, r.oid, 'MEMBER'), false),
            coalesce((SELECT string_agg(m.rolname::text, ', ' ORDER BY m.rolname) FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member WHERE a.roleid = r.oid), '')
        FROM unnest(ARRAY['pulserun_owner', 'pulserun_writer', 'pulserun_reader']) WITH ORDINALITY AS given (name, place) LEFT JOIN pg_roles r ON r.rolname = given.name ORDER BY given.place
        """;

    public static StoreInfo Read(Database database) => database.Raw(connection =>
    {
        int version = Migrations.Version(connection);
        if (version == 0)
            return new StoreInfo { Kind = "PostgreSQL", Location = database.Where, SchemaVersion = 0, RequiredVersion = Migrations.Current, ServerVersion = connection.PostgreSqlVersion.ToString() };
        var trip = Stopwatch.StartNew();
        StoreInfo info = Query(connection, General, row => new StoreInfo
        {
            ServerVersion = row.Text(0),
            SizeBytes = row.Long(1),
            ReplicaLag = row.IsNull(2) ? null : TimeSpan.FromSeconds(row.Real(2)),
            Role = row.Flag(3) ? "Owner" : row.FlagOrNull(4) == true ? "Writer" : row.FlagOrNull(5) == true ? "Reader" : "None",
            ClockOffset = row.Moment(6) - DateTimeOffset.UtcNow,
            Latency = trip.Elapsed,
        })[0];
        List<StoreTable> tables = Query(connection, Tables, static row => new StoreTable { Name = row.Text(0), Rows = row.Long(1), SizeBytes = row.Long(2) });
        return new StoreInfo
        {
            Kind = "PostgreSQL",
            Location = database.Where,
            SchemaVersion = version,
            RequiredVersion = Migrations.Current,
            ServerVersion = info.ServerVersion,
            SizeBytes = info.SizeBytes,
            Readings = tables.Find(static table => table.Name == "sample")?.Rows,
            Role = info.Role,
            Latency = info.Latency,
            ReplicaLag = info.ReplicaLag,
            ClockOffset = info.ClockOffset,
            Tables = tables,
            Connections = Query(connection, Connections, static row => new StoreConnection { Host = HostOf(row.Text(0)), Address = row.TextOrNull(1), User = row.TextOrNull(2), Since = row.MomentOrNull(3) }),
            // A role without the right sees no leases.
            Leases = info.Role == "None" ? [] : Query(connection, Leases, static row => new StoreLease
            {
                InstanceId = row.Text(0),
                Intent = row.Text(1),
                Host = MachineOf(row.Text(2)),
                Token = row.Long(3),
                TakenAt = row.Moment(4),
                ExpiresAt = row.Moment(5),
                Result = row.TextOrNull(6),
            }),
        };
    });

    public static IReadOnlyList<StoreRole> Roles(Database database) => database.Raw(connection =>
        Query(connection, SelectRoles, static row => new StoreRole { Name = row.Text(0), Exists = row.Flag(1), IsMine = row.Flag(2), Members = row.Text(3) }));

    private static List<T> Query<T>(NpgsqlConnection connection, string sql, Func<Row, T> read)
    {
        var found = new List<T>();
        using var command = new NpgsqlCommand(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
            found.Add(read(new Row(reader)));
        return found;
    }

    private static string HostOf(string application) => application.StartsWith("PulseRun@", StringComparison.Ordinal) ? application.Substring("PulseRun@".Length) : application;

    /// <summary>Returns the machine and the process of an owner, without the boot.</summary>
    private static string MachineOf(string owner)
    {
        string process = owner.Substring(owner.IndexOf('@') + 1);
        int end = process.LastIndexOf('|');
        return (end > 0 ? process.Substring(0, end) : process).Replace('|', ' ');
    }
}
