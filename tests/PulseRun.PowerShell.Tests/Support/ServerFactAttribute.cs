using System;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Marks a test that needs a PostgreSQL server. Without the package it is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute() => Skip = PostgresCluster.Missing;
}
