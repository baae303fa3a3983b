using Microsoft.Data.Sqlite;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Tests;

/// <summary>Accesses the database file independently of the store.</summary>
internal static class Outside
{
    public static SqliteConnection Connect(string path)
    {
        Native.EnsureBound();
        var connection = new SqliteConnection("Data Source=" + path + ";Pooling=False");
        connection.Open();
        return connection;
    }

    public static object? Ask(string path, string sql)
    {
        using SqliteConnection connection = Connect(path);
        return Ask(connection, sql);
    }

    public static object? Ask(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
