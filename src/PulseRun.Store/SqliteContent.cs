using System;
using System.Collections.Generic;
using System.IO;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store;

/// <summary>Returns the whole content of a database file.</summary>
internal sealed class SqliteContent : IStoreContent
{
    private readonly SqliteStore _store;

    private SqliteContent(SqliteStore store) => _store = store;

    public IStore Store => _store;

    /// <summary>Opens a file. One of another name than usual is copied first, because the store knows its file by the folder.</summary>
    public static SqliteContent Open(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (Path.GetFileName(path) != StoreFile.Name)
        {
            folder = Path.Combine(Path.GetTempPath(), "pulserun-import-" + Guid.NewGuid().ToString("N"));
            try
            {
                Files.PrivateFiles.CreateDirectory(folder);
                File.Copy(path, Path.Combine(folder, StoreFile.Name));
                if (File.Exists(path + "-wal"))
                    File.Copy(path + "-wal", Path.Combine(folder, StoreFile.Name + "-wal"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new StoreUnavailableException(StoreFailure.Unwritable, "The file '" + path + "' cannot be copied: " + error.Message, error);
            }
        }
        return new SqliteContent(new SqliteStore(folder, new StoreLimits()));
    }

    public IReadOnlyList<string> Accounts() => _store.Accounts();

    public IReadOnlyList<LaunchRecord> Launches(string account) => _store.AllLaunches(account);

    public IReadOnlyList<StoredNote> Notes() => _store.AllNotes();

    public IReadOnlyList<StoredPrice> Prices(string account) => _store.AllPrices(account);
}
