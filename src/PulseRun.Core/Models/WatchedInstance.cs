using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>One instance as one refresh of Watch-PRInstance saw it: its state, its newest reading, and what the readings prove.</summary>
public sealed class WatchedInstance : InstanceReference
{
    internal WatchedInstance(IdleVerdict verdict)
    {
        Instance = verdict.Instance;
        Id = verdict.Id;
        Origin = verdict.Origin;
        Verdict = verdict.Verdict;
        Reason = verdict.Reason;
    }

    /// <summary>The instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>The state in the list of this refresh.</summary>
    public string? Status => Instance.Status;

    /// <summary>The GPU type slug.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>The provider that runs it.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>The region it runs in.</summary>
    public string? Region => Instance.Region;

    /// <summary>The price in dollars per hour while it burns; null when the server did not say.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>The highest utilisation of any GPU in the newest reading, in percent; null when unknown.</summary>
    public double? GpuUtilization { get; init; }

    /// <summary>GPU memory in use in the newest reading, in percent; null when unknown.</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>When the newest reading was taken (UTC); null without one. A view with few requests reads each instance in turn.</summary>
    public DateTimeOffset? SampledAt { get; init; }

    /// <summary>Idle, Active, or Unknown when the readings prove neither.</summary>
    public Verdict Verdict { get; }

    /// <summary>Why.</summary>
    public IdleReason Reason { get; }

    /// <summary>When this refresh listed the fleet (UTC).</summary>
    public DateTimeOffset ListedAt { get; init; }

    /// <summary>The readings the history bar shows, in time order.</summary>
    internal IReadOnlyList<Reading> Samples { get; init; } = [];

    internal Instance Instance { get; }

    internal override Instance Known => Instance;
}
