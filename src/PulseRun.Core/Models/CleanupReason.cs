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
