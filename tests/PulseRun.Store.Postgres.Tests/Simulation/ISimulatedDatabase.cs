#if NET
using System;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>The database of a simulated world: the real statements, their model, or both.</summary>
internal interface ISimulatedDatabase
{
    /// <summary>Returns the store of a host.</summary>
    /// <param name="host">The number of the host, from 1.</param>
    /// <param name="world">The world, for its clocks.</param>
    ISimulatedStore Store(int host, World world);

    /// <summary>Returns true when a run holds the lease of an instance.</summary>
    bool Holds(World world, Guid run, string id);
}

/// <summary>The part of a store that a simulated host uses.</summary>
internal interface ISimulatedStore
{
    ICleanupRuns Cleanups { get; }

    IReadingRequests ReadingRequests { get; }

    /// <summary>Gets the database's clock minus that of the host, as last measured.</summary>
    TimeSpan ClockOffset { get; }
}
#endif
