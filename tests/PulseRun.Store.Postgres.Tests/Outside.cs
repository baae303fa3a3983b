using System.IO;
using Npgsql;

namespace PulseRun.Store.Tests;

/// <summary>Accesses the database independently of the store.</summary>
internal static class Outside
{
    public static object? Ask(string file, string sql)
    {
        using var connection = new NpgsqlConnection(File.ReadAllText(file) + ";Search Path=pulserun");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
