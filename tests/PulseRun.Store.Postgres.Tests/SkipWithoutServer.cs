#if NET
using System;
using PulseRun.Tests.Shared;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Marks a test that needs a PostgreSQL server.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerFactAttribute : Xunit.FactAttribute
{
    public ServerFactAttribute() => Skip = PostgresCluster.Missing;
}
#endif
