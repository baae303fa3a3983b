using System;
using Npgsql;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Makes the sources of connections.</summary>
internal static class Sources
{
    /// <summary>Returns the source for one server, or for several of which one is the primary. Without Target Session Attributes the primary is meant, because every command may write.</summary>
    /// <exception cref="StoreUnavailableException">Misconfigured: the target session attributes are not known.</exception>
    public static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.Host is not { } hosts || hosts.Split(',').Length == 1)
            return NpgsqlDataSource.Create(settings);
        TargetSessionAttributes wanted = TargetSessionAttributes.Primary;
        if (settings.TargetSessionAttributes is { Length: > 0 } given && !Enum.TryParse(given.Replace("-", ""), ignoreCase: true, out wanted))
            throw new StoreUnavailableException(StoreFailure.Misconfigured, "The store has Target Session Attributes that the driver does not know. Use primary.");
        settings.TargetSessionAttributes = null;
        // A server that was the primary a moment ago may be a replica now, so what is known of it is soon asked for again.
        settings.HostRecheckSeconds = 1;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost().WithTargetSession(wanted);
    }
}
