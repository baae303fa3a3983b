namespace PulseRun;

/// <summary>Why a verdict is what it is. Where several reasons hold, the first one of this list is named.</summary>
public enum IdleReason
{
    /// <summary>Unknown: the instance is in another state than running.</summary>
    NotRunning,

    /// <summary>Active: a GPU was at or above the threshold in the window. Readings over 100 % count as busy.</summary>
    GpuBusy,

    /// <summary>Unknown: readings lie in the future or are out of order, so this computer's clock was set back.</summary>
    ClockWentBack,

    /// <summary>Unknown: the metrics could not be read, or the newest answer does not say how busy every GPU is.</summary>
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

    /// <summary>Unknown: no idle reading is close enough before the window's start.</summary>
    WindowNotCovered,

    /// <summary>Unknown: two readings are further apart than allowed.</summary>
    GapTooLong,

    /// <summary>Unknown: the readings are too few to have seen a load that comes and goes.</summary>
    TooFewSamples,

    /// <summary>Unknown: the GPUs rest, but something holds their memory.</summary>
    MemoryHeld,

    /// <summary>Idle: every reading is below the threshold, and they cover the whole window.</summary>
    AllBelowThreshold,
}
