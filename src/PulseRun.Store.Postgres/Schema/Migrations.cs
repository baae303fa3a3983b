using System;
using System.Globalization;
using System.IO;
using System.Text;
using Npgsql;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Schema;

/// <summary>Makes the schema, and migrates one of an earlier version: forward only, one migrator at a time, all in one transaction. A released step is never changed; a change adds a new step.</summary>
internal static class Migrations
{
    private const string VersionTable = """
        CREATE SCHEMA IF NOT EXISTS pulserun;
        CREATE TABLE IF NOT EXISTS pulserun.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), applied_by text NOT NULL DEFAULT current_user);
        """;

    /// <summary>Takes the lock that a migrator holds for its transaction.</summary>
    private static readonly string s_lock = "SELECT pg_advisory_xact_lock(" + ((int)AccountLock.Migrations).ToString(CultureInfo.InvariantCulture) + ", 1)";

    /// <summary>Separates the rows by account. Runs after every migration, so that tables and views of later versions are separated too.</summary>
    private const string Separate = "SELECT pulserun.separate();\n";

    private static readonly string[] s_steps = [Resource("001.sql"), Resource("002.sql"), Resource("003.sql"), Resource("004.sql"), Resource("005.sql")];

    /// <summary>Gets the schema version that this module needs.</summary>
    public static int Current => s_steps.Length;

    /// <summary>Returns the version of the schema; 0 when there is none.</summary>
    public static int Version(NpgsqlConnection connection)
    {
        using var exists = new NpgsqlCommand("SELECT to_regclass('pulserun.schema_version') IS NOT NULL", connection);
        if (exists.ExecuteScalar() is not true)
            return 0;
        using var version = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM pulserun.schema_version", connection);
        return (int)version.ExecuteScalar()!;
    }

    /// <summary>Returns the statements that bring a schema from a version to the present one, for a person who runs them.</summary>
    public static string Script(int from)
    {
        var script = new StringBuilder("BEGIN;\n").Append(s_lock).Append(";\n").Append(VersionTable).Append('\n');
        for (int version = from; version < Current; version++)
            script.Append(s_steps[version]).Append("INSERT INTO pulserun.schema_version (version) VALUES (").Append((version + 1).ToString(CultureInfo.InvariantCulture)).Append(");\n");
        return script.Append(Resource("roles.sql")).Append(Separate).Append("COMMIT;\n").ToString();
    }

    /// <summary>Migrates and returns the version before.</summary>
    /// <exception cref="StoreUnavailableException">NewerVersion: a newer module made the schema. It is not changed.</exception>
    public static int Migrate(NpgsqlConnection connection, string where)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        // Another migrator may take long, but not for ever.
        Execute(connection, transaction, "SET LOCAL lock_timeout = '60s'");
        Execute(connection, transaction, s_lock);
        // Read under the lock, because another process may have migrated meanwhile.
        int before = Version(connection);
        if (before > Current)
            throw Faults.Make(StoreFailure.NewerVersion, where, "was made by a newer version of PulseRun (schema " + before.ToString(CultureInfo.InvariantCulture) + "). It was not changed. Update the module.");
        if (before < Current)
        {
            Execute(connection, transaction, VersionTable);
            for (int version = before; version < Current; version++)
            {
                Execute(connection, transaction, s_steps[version]);
                Execute(connection, transaction, "INSERT INTO pulserun.schema_version (version) VALUES (" + (version + 1).ToString(CultureInfo.InvariantCulture) + ")");
            }
        }
        Execute(connection, transaction, Resource("roles.sql"));
        Execute(connection, transaction, Separate);
        transaction.Commit();
        return before;
    }

    private static void Execute(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql)
    {
        // A new index of a large table takes longer than any other statement.
        using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 3600 };
        command.ExecuteNonQuery();
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(Migrations).Assembly.GetManifestResourceStream("PulseRun.Store.Postgres.Schema." + name)
            ?? throw new InvalidOperationException("The resource " + name + " is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
