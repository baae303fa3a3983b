using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents one instance in one refresh of Watch-PRInstance: its state, its newest reading and its verdict.</summary>
public sealed class WatchedInstance : InstanceReference
{
    internal WatchedInstance(IdleVerdict verdict)
    {
        Instance = verdict.Instance;
        Evidence = verdict;
        Id = verdict.Id;
        Origin = verdict.Origin;
        Verdict = verdict.Verdict;
        Reason = verdict.Reason;
        IdleSince = verdict.IdleSince;
        IdleFor = verdict.IdleFor;
    }

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Gets the state in the list of this refresh.</summary>
    public string? Status => Instance.Status;

    /// <summary>Gets the slug of the GPU type.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>Gets the provider of the instance.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>Gets the region of the instance.</summary>
    public string? Region => Instance.Region;

    /// <summary>Gets the price in dollars per hour while the instance is billed; null when the server sent none.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>Gets the highest utilization of any GPU in the newest reading, in percent; null when unknown.</summary>
    public double? GpuUtilization { get; init; }

    /// <summary>Gets the GPU memory in use in the newest reading, in percent; null when unknown.</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>Gets the time of the newest reading (UTC); null without one. If requests are scarce, a refresh reads only some instances.</summary>
    public DateTimeOffset? SampledAt { get; init; }

    /// <summary>Gets the verdict: Idle, Active, or Unknown when the readings prove neither.</summary>
    public Verdict Verdict { get; }

    /// <summary>Gets the reason for the verdict.</summary>
    public IdleReason Reason { get; }

    /// <summary>Gets the time since which the readings show the instance idle without a break; null when the newest reading is busy, old or unknown.</summary>
    public DateTimeOffset? IdleSince { get; }

    /// <summary>Gets how long the instance has been idle by its readings; null when <see cref="IdleSince"/> is null.</summary>
    public TimeSpan? IdleFor { get; }

    /// <summary>Gets the time at which this refresh listed the fleet (UTC).</summary>
    public DateTimeOffset ListedAt { get; init; }

    /// <summary>Gets the readings that the history bar shows, in time order.</summary>
    internal IReadOnlyList<Reading> Samples { get; init; } = [];

    internal Instance Instance { get; }

    /// <summary>Gets the verdict with its evidence, for the details of the live view.</summary>
    internal IdleVerdict Evidence { get; }

    internal override Instance Known => Instance;
}
