using System;
using System.IO;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Store.Postgres;
using PulseRun.Store.Sqlite;
using PulseRun.Tests.Shared;

namespace PulseRun.Store.Tests;

/// <summary>Provides a database of its own for one test. A folder has the text that chooses it, for other processes of the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public const string Account = "account-a";

    public static readonly NoteScope Scope = new("https://api.example/", Account);

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<string> s_template = new(Template);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "pulserun-store-" + Guid.NewGuid().ToString("N"));

    public string Data => Path.Combine(Root, "data");

    /// <summary>Gets the file with the text that chooses the database.</summary>
    public string File => Path.Combine(Data, "store.txt");

    public TempFolder() => Make(Data);

    public IStore Open() => StoreFactory.Open(Data);

    public IStore Open(StoreLimits limits) => new PostgresStore(System.IO.File.ReadAllText(File), null, limits);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Makes a folder with a new database, unless it has one.</summary>
    public static string Make(string folder)
    {
        string file = Path.Combine(folder, "store.txt");
        if (!System.IO.File.Exists(file))
        {
            Directory.CreateDirectory(folder);
            System.IO.File.WriteAllText(file, Text(PostgresCluster.Shared.NewDatabase(s_template.Value)) + ";Pooling=true;Maximum Pool Size=20");
        }
        return System.IO.File.ReadAllText(file);
    }

    /// <summary>Returns the text that chooses a database. With PULSERUN_TEST_LOGIN=writer the tests have the rights of a host, and with bound the login is also bound to the accounts of the contract tests.</summary>
    private static string Text(string name)
    {
        string? login = Environment.GetEnvironmentVariable("PULSERUN_TEST_LOGIN");
        if (string.IsNullOrEmpty(login))
            return PostgresCluster.Shared.Text(name);
        PostgresCluster.Shared.Sql(name, "DO $$ BEGIN CREATE ROLE host LOGIN IN ROLE pulserun_writer; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        if (login == "bound")
            PostgresCluster.Shared.Sql(name, "SELECT pulserun.bind('host', digest) FROM unnest(ARRAY['account-a', 'account-b', 'a', 'b']) AS given (digest)");
        return PostgresCluster.Shared.SocketText(name, "host");
    }

    private static string Template()
    {
        string name = PostgresCluster.Shared.NewDatabase();
        using (var store = new PostgresStore(PostgresCluster.Shared.Text(name), null, new StoreLimits()))
            store.Initialize();
        return name;
    }
}
