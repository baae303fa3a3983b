namespace PulseRun;

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
