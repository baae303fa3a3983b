using System;

namespace PulseRun;

/// <summary>Whether an instance was idle over a window of time that ends now, and what that rests on.</summary>
public sealed class IdleVerdict : InstanceReference
{
    internal IdleVerdict(Instance instance)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
    }

    /// <summary>The instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Idle, Active, or Unknown when the readings prove neither.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why: the first reason that holds, in the order of <see cref="IdleReason"/>.</summary>
    public IdleReason Reason { get; init; }

    /// <summary>The part of the window (0 to 1) that has a reading close enough before it. 1 is all of it.</summary>
    public double Coverage { get; init; }

    /// <summary>How many moments of the window have a GPU reading. Two readings of one moment count as one.</summary>
    public int SampleCount { get; init; }

    /// <summary>The longest time without a reading, up to now; null without any reading.</summary>
    public TimeSpan? LargestGap { get; init; }

    /// <summary>How old the newest GPU reading is; null without any reading.</summary>
    public TimeSpan? LastSampleAge { get; init; }

    /// <summary>The highest utilisation of any GPU in the window, in percent; null without a reading. Over 100 when the server says so.</summary>
    public double? PeakGpu { get; init; }

    /// <summary>The highest GPU memory use in the window, in percent; null when the server never said.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>The smallest part of the time (0 to 1) a load must work to be seen with 99 %: <c>1 - 0.01^(1/n)</c>, where n is the number of slots of the window with a reading. The window has 2 x MinSamples slots, so that readings close together count once. 1 without a reading.</summary>
    public double DetectableDuty { get; init; }

    /// <summary>The instance's state in the list the verdict was made from.</summary>
    public string? Status => Instance.Status;

    /// <summary>The GPU type slug.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>The provider that runs it.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>The region it runs in.</summary>
    public string? Region => Instance.Region;

    /// <summary>The price in dollars per hour while it burns; null when the server did not say.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>True when the newest answer that was asked for did not come, or says nothing to judge by.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>While the reason is WarmingUp: the first of the readings that follow each other without too long a gap.</summary>
    internal DateTimeOffset? ReadSince { get; init; }

    /// <summary>The instance itself, so that a verdict is acted on like one.</summary>
    internal Instance Instance { get; }

    internal override Instance Known => Instance;
}

/// <summary>Why a verdict is what it is. Where several reasons hold, the first one of this list is named.</summary>
public enum IdleReason
{
    /// <summary>Unknown: the instance is in another state than running.</summary>
    NotRunning,

    /// <summary>Active: a GPU was at or above the threshold in the window. Readings over 100 % count as busy.</summary>
    GpuBusy,

    /// <summary>Unknown: readings lie in the future or are out of order, so this computer's clock was set back. The window begins anew.</summary>
    ClockWentBack,

    /// <summary>Unknown: the metrics could not be read, or the newest answer does not say how busy every GPU is now: a value is missing, or its uptime or timestamp has not moved on.</summary>
    MetricsUnavailable,

    /// <summary>Unknown: there is no reading.</summary>
    NoSamples,

    /// <summary>Unknown: the instance restarted inside the window: its uptime shrank or is shorter than the window, or it was read before it last started.</summary>
    Restarted,

    /// <summary>Unknown: the instance is not known to have started before the window began.</summary>
    StartedRecently,

    /// <summary>Unknown: the number of GPUs changed inside the window.</summary>
    GpuCountChanged,

    /// <summary>Unknown: the newest reading is older than the longest gap allowed.</summary>
    SampleStale,

    /// <summary>Unknown: the first reading of the instance is younger than the window is long.</summary>
    WarmingUp,

    /// <summary>Unknown: no idle reading is close enough before the window's start.</summary>
    WindowNotCovered,

    /// <summary>Unknown: two readings are further apart than allowed.</summary>
    GapTooLong,

    /// <summary>Unknown: the readings are too few, or too close together, to have seen a load that comes and goes.</summary>
    TooFewSamples,

    /// <summary>Unknown: no reading is above 1 and not all are 0, so that 1 may mean 1 percent or all of it. -UnitScale says which.</summary>
    UnitUnclear,

    /// <summary>Unknown: the GPUs rest, but something holds their memory.</summary>
    MemoryHeld,

    /// <summary>Idle: every reading is below the threshold, and they cover the whole window.</summary>
    AllBelowThreshold,
}

/// <summary>What can be said about an instance's use. Only <see cref="Idle"/> is ever acted on.</summary>
public enum Verdict
{
    /// <summary>Nobody can tell: readings are missing, or do not prove what the rule asks for.</summary>
    Unknown,

    /// <summary>At least one reading in the window is at or above the threshold.</summary>
    Active,

    /// <summary>Everything the rule asks for is proven by readings.</summary>
    Idle,
}
