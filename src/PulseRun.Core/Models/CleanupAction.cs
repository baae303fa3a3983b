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

/// <summary>What a cleanup did with one instance.</summary>
public enum CleanupOutcome
{
    /// <summary>Nothing, and nothing was tried.</summary>
    Skipped,

    /// <summary>Stopped it.</summary>
    Stopped,

    /// <summary>Removed it, its disk too.</summary>
    Removed,

    /// <summary>Nothing, because of -WhatIf; else it would have stopped it.</summary>
    WouldStop,

    /// <summary>Nothing, because of -WhatIf; else it would have removed it.</summary>
    WouldRemove,

    /// <summary>Tried, and failed.</summary>
    Failed,
}

/// <summary>Why a cleanup did what it did with one instance.</summary>
public enum CleanupReason
{
    /// <summary>It is proven idle.</summary>
    Idle,

    /// <summary>It has been seen stopped for as long as -RemoveStoppedAfter says.</summary>
    StoppedLong,

    /// <summary>It works.</summary>
    Active,

    /// <summary>Nobody can tell whether it works; VerdictReason says why.</summary>
    Unknown,

    /// <summary>It is neither running nor stopped.</summary>
    NotRunning,

    /// <summary>It is stopped, and removing was not asked for.</summary>
    AlreadyStopped,

    /// <summary>It is stopped, but this history has not seen since when.</summary>
    StoppedSinceUnknown,

    /// <summary>It has not been seen stopped long enough, without a pause between two looks above a sixth of -RemoveStoppedAfter (or a day).</summary>
    StoppedRecently,

    /// <summary>It has been seen stopped long enough by a clock that is not the server's: they differ by more than 5 minutes, or the server does not say what time it is.</summary>
    ClockUnsure,

    /// <summary>Protect-PRInstance protects it.</summary>
    Protected,

    /// <summary>-Exclude names it.</summary>
    Excluded,

    /// <summary>Too much of the fleet gives no metrics: nothing is acted on.</summary>
    MetricsOutage,

    /// <summary>-MaxActions was used up, by instances that cost more or by another cleanup at the same time.</summary>
    MaxActions,

    /// <summary>-RequestBudget was used up; the next run goes on.</summary>
    RequestBudget,

    /// <summary>What is remembered on this machine cannot be read, or a damaged store lies aside: an instance might be protected.</summary>
    StoreUnavailable,

    /// <summary>-AuditPath cannot be written any more: what cannot be written down is not done.</summary>
    AuditFailed,

    /// <summary>The second look, right before stopping it, did not find it idle.</summary>
    NoLongerIdle,

    /// <summary>The second look, right before removing it, did not find it stopped as before.</summary>
    NoLongerStopped,

    /// <summary>The rate limit or a failure came between the second look and the act, which is not sent more than 5 seconds after a look. The next run looks again.</summary>
    LookTooOld,

    /// <summary>Another cleanup, or a person, had done it already.</summary>
    AlreadyDone,

    /// <summary>The question was answered with no.</summary>
    Declined,

    /// <summary>The provider refuses this for good; it is not tried again in this run.</summary>
    Refused,

    /// <summary>A request failed; Error says how.</summary>
    RequestFailed,
}
