using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Contains what a job is to do. Everything was checked before anything is sent.</summary>
internal sealed record JobSpec
{
    public required string Name { get; init; }

    public required string Command { get; init; }

    /// <summary>Gets the launch; null for an instance that exists.</summary>
    public LaunchTicket? Ticket { get; init; }

    /// <summary>Gets what returns another launch by the same plan, for a job that is started again; null for an instance that exists.</summary>
    public Func<ICallObserver, CancellationToken, Task<LaunchTicket>>? Again { get; init; }

    /// <summary>Gets how many times the job may be started again.</summary>
    public int MaxRestarts { get; init; }

    /// <summary>Gets the time between two downloads while the command runs; null for none.</summary>
    public TimeSpan? SyncEvery { get; init; }

    /// <summary>Gets the instance that exists; null for a launch.</summary>
    public InstanceTarget? Target { get; init; }

    public TimeSpan? Lifetime { get; init; }

    public IReadOnlyList<PackItem> Uploads { get; init; } = [];

    public string? Download { get; init; }

    public string? Destination { get; init; }

    public JobEnd AtEnd { get; init; }

    public bool IsDetached { get; init; }

    public TimeSpan ReadyTimeout { get; init; }

    public TimeSpan ReconnectFor { get; init; }

    /// <summary>Gets the file for the whole standard output; null for none.</summary>
    public string? OutFile { get; init; }
}
