using PulseRun.Core.Store;
using PulseRun.Store.Postgres;

namespace PulseRun.Store.Tests;

/// <summary>Opens stores for the contract tests, which name a folder.</summary>
internal static class StoreFactory
{
    public static IStore Open(string folder) => PostgresStoreFactory.Open(TempFolder.Make(folder));
}
