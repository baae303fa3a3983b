namespace PulseRun;

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
    RemovalNotAsked,

    /// <summary>It is stopped, but this history has not seen since when.</summary>
    StoppedSinceUnknown,

    /// <summary>It has not been stopped long enough.</summary>
    StoppedRecently,

    /// <summary>Protect-PRInstance protects it.</summary>
    Protected,

    /// <summary>-Exclude names it.</summary>
    Excluded,

    /// <summary>Too much of the fleet gives no metrics: nothing is acted on.</summary>
    MetricsOutage,

    /// <summary>-MaxActions was used up by instances that cost more.</summary>
    MaxActions,

    /// <summary>The second look, right before stopping it, did not find it idle.</summary>
    NoLongerIdle,

    /// <summary>The second look, right before removing it, did not find it stopped as before.</summary>
    NoLongerStopped,

    /// <summary>Somebody else had done it already.</summary>
    AlreadyDone,

    /// <summary>The question was answered with no.</summary>
    Declined,

    /// <summary>The provider refuses this for good; it is not tried again in this run.</summary>
    Refused,

    /// <summary>A request failed; Error says how.</summary>
    RequestFailed,
}
