using System;

namespace PulseRun;

/// <summary>Represents the verdict on whether an instance was idle in the window that ends now, with its evidence.</summary>
public sealed class IdleVerdict : InstanceReference
{
    internal IdleVerdict(Instance instance)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
    }

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Gets the verdict: Idle, Active, or Unknown when the readings prove neither.</summary>
    public Verdict Verdict { get; internal set; }

    /// <summary>Gets the first reason that holds, in the order of <see cref="IdleReason"/>.</summary>
    public IdleReason Reason { get; internal set; }

    /// <summary>Gets the share of the window (0 to 1) that is close enough after a reading. 1 means that the whole window is covered.</summary>
    public double Coverage { get; init; }

    /// <summary>Gets the number of GPU readings in the window. Two readings at the same time count once.</summary>
    public int SampleCount { get; init; }

    /// <summary>Gets the longest time without a reading, up to now; null without readings.</summary>
    public TimeSpan? LargestGap { get; init; }

    /// <summary>Gets the age of the newest GPU reading; null without readings.</summary>
    public TimeSpan? LastSampleAge { get; init; }

    /// <summary>Gets the highest utilization of any GPU in the window, in percent; null without readings. It is over 100 if the server reports that.</summary>
    public double? PeakGpu { get; init; }

    /// <summary>Gets the highest GPU memory use in the window, in percent; null when the server never reported it.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>Gets the smallest share of time at work (0 to 1) that the readings detect with a probability of 99 %: <c>1 - 0.01^(1/n)</c>, where n is the number of slots of the window with a reading. The window has 2 x MinSamples slots, so that readings close together count once. 1 without readings.</summary>
    public double DetectableDuty { get; init; }

    /// <summary>Gets the time of the first low reading of the unbroken series that lasts until now; null when the newest reading is busy, is older than the longest permitted gap, or is not known. The series begins again after a busy reading, a reading with held memory, a restart, or a gap that is too long. Readings of the last 24 hours are considered, or of the window if it is longer.</summary>
    public DateTimeOffset? IdleSince { get; internal set; }

    /// <summary>Gets how long the instance has been idle by its readings, up to now; null when <see cref="IdleSince"/> is null.</summary>
    public TimeSpan? IdleFor => JudgedAt - IdleSince;

    /// <summary>Gets the state in the list that the verdict was made from.</summary>
    public string? Status => Instance.Status;

    /// <summary>Gets the slug of the GPU type.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>Gets the provider of the instance.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>Gets the region of the instance.</summary>
    public string? Region => Instance.Region;

    /// <summary>Gets the price in dollars per hour while the instance is billed; null when the server sent none.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>True when the newest requested reading failed or cannot be used.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>Gets, while the reason is WarmingUp, the time of the first reading after the last gap that was too long; null otherwise.</summary>
    internal DateTimeOffset? ReadSince { get; init; }

    /// <summary>Gets the time at which the verdict was made.</summary>
    internal DateTimeOffset JudgedAt { get; init; }

    /// <summary>Gets the instance, so that cmdlets can act on a verdict.</summary>
    internal Instance Instance { get; }

    internal override Instance Known => Instance;

    /// <summary>Returns a copy with another verdict.</summary>
    internal IdleVerdict With(Verdict verdict, IdleReason reason)
    {
        var copy = (IdleVerdict)MemberwiseClone();
        copy.Verdict = verdict;
        copy.Reason = reason;
        return copy;
    }
}

/// <summary>Specifies the reason for a verdict. If several hold, the first one of this list is reported.</summary>
public enum IdleReason
{
    /// <summary>Unknown: the instance is not running.</summary>
    NotRunning,

    /// <summary>Active: the load of a GPU was at or above the threshold in the window. Readings over 100 % count as busy.</summary>
    GpuBusy,

    /// <summary>Unknown: readings lie in the future or are out of order, so this computer's clock was set back. The window starts again.</summary>
    ClockWentBack,

    /// <summary>Unknown: the metrics could not be read, or the newest answer does not give the present load of every GPU: a value is missing, or its uptime or timestamp has not advanced.</summary>
    MetricsUnavailable,

    /// <summary>Unknown: there are no readings.</summary>
    NoSamples,

    /// <summary>Unknown: the instance restarted in the window. Its uptime decreased or is shorter than the window, or it was read before its last start.</summary>
    Restarted,

    /// <summary>Unknown: the instance is not known to have started before the window.</summary>
    StartedRecently,

    /// <summary>Unknown: the number of GPUs changed in the window.</summary>
    GpuCountChanged,

    /// <summary>Unknown: the newest reading is older than the longest permitted gap.</summary>
    SampleStale,

    /// <summary>Unknown: the recorded history of the instance is shorter than the window.</summary>
    WarmingUp,

    /// <summary>Unknown: there is no idle reading close enough before the start of the window.</summary>
    WindowNotCovered,

    /// <summary>Unknown: the time between two readings is longer than permitted.</summary>
    GapTooLong,

    /// <summary>Unknown: the GPUs are idle, but their memory is in use.</summary>
    MemoryHeld,

    /// <summary>Unknown: there are too few readings, or they are too close together, to detect an intermittent load.</summary>
    TooFewSamples,

    /// <summary>Unknown: no reading is above 1, not all are 0, and earlier readings do not show the unit, so that 1 may mean 1 % or 100 %. Specify -UnitScale.</summary>
    UnitUnclear,

    /// <summary>Active: the probe found a GPU or the CPUs at work, although the readings show the instance idle.</summary>
    ProbeBusy,

    /// <summary>Active: the probe found a person logged in to the instance, although the readings show it idle.</summary>
    SomebodyLoggedIn,

    /// <summary>Unknown: the probe failed, did not end in time, or gave no clear answer.</summary>
    ProbeFailed,

    /// <summary>Idle: every reading is below the threshold, and the readings cover the whole window.</summary>
    AllBelowThreshold,
}

/// <summary>Specifies whether an instance is in use. Only <see cref="Idle"/> leads to an action.</summary>
public enum Verdict
{
    /// <summary>Readings are missing or do not prove what the rule requires.</summary>
    Unknown,

    /// <summary>At least one reading in the window is at or above the threshold.</summary>
    Active,

    /// <summary>The readings prove all that the rule requires.</summary>
    Idle,
}
