using System;
using System.Runtime.CompilerServices;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Postgres;

/// <summary>Creates the store of a team.</summary>
public static class PostgresStoreFactory
{
    /// <summary>Returns the store. Nothing is connected before its first use.</summary>
    /// <param name="text">The text that chooses the store.</param>
    /// <param name="password">Returns the password; null for the sources of the driver (PGPASSFILE and ~/.pgpass).</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ITeamStore Open(string text, Func<string>? password = null) => new PostgresStore(text, password, new StoreLimits());
}
