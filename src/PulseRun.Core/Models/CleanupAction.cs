using System;

namespace PulseRun;

/// <summary>What a cleanup did with one instance, and why.</summary>
public sealed class CleanupAction : InstanceReference
{
    internal CleanupAction(Instance instance, IdleVerdict? evidence)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
        Evidence = evidence;
    }

    /// <summary>The instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>What was done: Stopped, Removed, WouldStop, WouldRemove, Skipped or Failed.</summary>
    public CleanupOutcome Action { get; init; }

    /// <summary>Why.</summary>
    public CleanupReason Reason { get; init; }

    /// <summary>Idle, Active or Unknown; null for an instance whose idleness was not in question.</summary>
    public Verdict? Verdict => Evidence?.Verdict;

    /// <summary>Why the verdict is what it is.</summary>
    public IdleReason? VerdictReason => Evidence?.Reason;

    /// <summary>The price in dollars per hour while it burns; null when the server did not say.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>What is saved, in dollars per hour: the price for one that was, or would be, stopped; 0 for all others, since a stopped instance has no hourly price; null when the price is unknown.</summary>
    public decimal? SavedPerHour => Action is CleanupOutcome.Stopped or CleanupOutcome.WouldStop ? CostPerHour : 0;

    /// <summary>The GPU type slug.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>The provider that runs it.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>The region it runs in.</summary>
    public string? Region => Instance.Region;

    /// <summary>The instance's state, after what was done.</summary>
    public string? Status => Instance.Status;

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>When it was done or decided (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The instance as it now is, so that an action is acted on like one.</summary>
    internal Instance Instance { get; }

    /// <summary>The verdict it rests on.</summary>
    internal IdleVerdict? Evidence { get; }

    internal override Instance Known => Instance;
}
