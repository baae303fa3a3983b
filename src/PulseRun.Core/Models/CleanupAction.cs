using System;

namespace PulseRun;

/// <summary>Represents what a cleanup did with one instance, and why.</summary>
public sealed class CleanupAction : InstanceReference
{
    internal CleanupAction(Instance instance, IdleVerdict? evidence)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
        Evidence = evidence;
    }

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Gets what was done: Stopped, Removed, Started, Warned, WouldStop, WouldRemove, WouldStart, WouldWarn, Skipped or Failed.</summary>
    public CleanupOutcome Action { get; init; }

    /// <summary>Gets the reason for the action.</summary>
    public CleanupReason Reason { get; init; }

    /// <summary>Gets the verdict: Idle, Active or Unknown; null for an instance that was not running.</summary>
    public Verdict? Verdict => Evidence?.Verdict;

    /// <summary>Gets the reason for the verdict; null without a verdict.</summary>
    public IdleReason? VerdictReason => Evidence?.Reason;

    /// <summary>Gets the price in dollars per hour while the instance is billed; null when the server sent none.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>Gets the savings in dollars per hour: the price of an instance that was, or would be, stopped; 0 for all others, because a stopped instance has no hourly price; null when the price is unknown.</summary>
    public decimal? SavedPerHour => Action is CleanupOutcome.Stopped or CleanupOutcome.WouldStop ? CostPerHour : 0;

    /// <summary>Gets the slug of the GPU type.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>Gets the provider of the instance.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>Gets the region of the instance.</summary>
    public string? Region => Instance.Region;

    /// <summary>Gets the state of the instance after the action.</summary>
    public string? Status => Instance.Status;

    /// <summary>Gets the message of the error; null when there was none.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the time of the action or decision (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Gets the instance after the action, so that cmdlets can act on it.</summary>
    internal Instance Instance { get; }

    /// <summary>Gets the verdict that the decision is based on; null without one.</summary>
    internal IdleVerdict? Evidence { get; }

    internal override Instance Known => Instance;
}

/// <summary>Specifies what a cleanup did with one instance.</summary>
public enum CleanupOutcome
{
    /// <summary>The instance was left alone.</summary>
    Skipped,

    /// <summary>The instance was stopped.</summary>
    Stopped,

    /// <summary>The instance and its disk were removed.</summary>
    Removed,

    /// <summary>Without -WhatIf, the instance would have been stopped.</summary>
    WouldStop,

    /// <summary>Without -WhatIf, the instance would have been removed.</summary>
    WouldRemove,

    /// <summary>The request to stop or remove the instance failed, or the warning could not be delivered.</summary>
    Failed,

    /// <summary>The warning before the stop was delivered.</summary>
    Warned,

    /// <summary>Without -WhatIf, the warning before the stop would have been sent.</summary>
    WouldWarn,

    /// <summary>The instance was started, because its off hours are over.</summary>
    Started,

    /// <summary>Without -WhatIf, the instance would have been started.</summary>
    WouldStart,
}

/// <summary>Specifies why a cleanup took or skipped an action.</summary>
public enum CleanupReason
{
    /// <summary>The instance is proven idle.</summary>
    Idle,

    /// <summary>The instance has been observed as stopped for at least -RemoveStoppedAfter.</summary>
    StoppedLong,

    /// <summary>The instance is at work.</summary>
    Active,

    /// <summary>The readings prove neither work nor idleness; VerdictReason gives the cause.</summary>
    Unknown,

    /// <summary>The instance is neither running nor stopped.</summary>
    NotRunning,

    /// <summary>The instance is stopped, and -RemoveStoppedAfter was not given.</summary>
    AlreadyStopped,

    /// <summary>The instance is stopped, but the recorded history does not show since when.</summary>
    StoppedSinceUnknown,

    /// <summary>The instance has not been observed as stopped for long enough, with no more than a sixth of -RemoveStoppedAfter (at most a day) between two observations.</summary>
    StoppedRecently,

    /// <summary>The instance was stopped for long enough by the local clock, but that clock differs from the server's by more than 5 minutes, or the server sends no time.</summary>
    ClockUnsure,

    /// <summary>The instance is protected by Protect-PRInstance.</summary>
    Protected,

    /// <summary>The instance is excluded by -Exclude.</summary>
    Excluded,

    /// <summary>Too large a share of the fleet returned no metrics, so the cleanup takes no action.</summary>
    MetricsOutage,

    /// <summary>The number of -MaxActions was reached, by instances that cost more or by another cleanup at the same time.</summary>
    MaxActions,

    /// <summary>The number of -RequestBudget was reached; the next run continues.</summary>
    RequestBudget,

    /// <summary>The local store cannot be read, or a damaged one was set aside; the instance may be protected.</summary>
    StoreUnavailable,

    /// <summary>The file of -AuditPath can no longer be written. Acts that cannot be recorded are not carried out.</summary>
    AuditFailed,

    /// <summary>The second look, right before the stop, did not find the instance idle.</summary>
    NoLongerIdle,

    /// <summary>The second look, right before the removal, did not find the instance stopped as before.</summary>
    NoLongerStopped,

    /// <summary>The rate limit or a failure delayed the act. An act is not sent more than 5 seconds after the second look; the next run looks again.</summary>
    LookTooOld,

    /// <summary>Another cleanup or a person had already stopped or removed the instance.</summary>
    AlreadyDone,

    /// <summary>The user answered the confirmation with no, now or in a run shortly before; later runs ask again.</summary>
    Declined,

    /// <summary>The provider refuses the request. It is repeated after a rest, first of about 2 minutes and at last of 2 hours; until then the instance is skipped with this reason.</summary>
    Refused,

    /// <summary>A request failed; Error has the message.</summary>
    RequestFailed,

    /// <summary>The instance has been idle for -WarnAfter, and the warning of this idle time was not delivered before.</summary>
    WarningDue,

    /// <summary>The instance is idle and is not stopped yet: less than -IdleFor minus -WarnAfter has passed since the warning, the proof over -IdleFor is not complete, or another process is sending the warning.</summary>
    WarningPending,

    /// <summary>The warning could not be delivered; Error has the message. The instance is not stopped, and the next run tries again.</summary>
    NotificationFailed,

    /// <summary>The command of -BeforeStop failed or exceeded its time limit; Error has the message.</summary>
    HookFailed,

    /// <summary>The probe, right before the stop or the warning, did not agree that the instance is idle; VerdictReason gives the cause.</summary>
    ProbeObjected,

    /// <summary>The share of -MaxActionPercent was reached, by instances that cost more or by another cleanup at the same time.</summary>
    MaxActionPercent,

    /// <summary>Another process is already working on the instance.</summary>
    InProgress,

    /// <summary>The lifetime of the instance has ended.</summary>
    Expired,

    /// <summary>The lifetime of the instance ends within -WarnBeforeExpiry, and no warning was delivered before.</summary>
    ExpiryNear,

    /// <summary>The lifetime of the instance has not ended.</summary>
    NotExpired,

    /// <summary>The instance has no lifetime, and -IdleFor was not given.</summary>
    NoLifetime,

    /// <summary>The second look, right before the act, found the lifetime or the off hours of the instance changed.</summary>
    NoteChanged,

    /// <summary>The off hours of the instance, in its tag offhours, have begun.</summary>
    OffHours,

    /// <summary>The off hours for which cleanup stopped the instance are over, and -StartAfterOffHours was given.</summary>
    OffHoursOver,

    /// <summary>More than the limit of a budget with -AtLimit Stop is spent that covers the instance, and -EnforceBudgets was given.</summary>
    OverBudget,
}
