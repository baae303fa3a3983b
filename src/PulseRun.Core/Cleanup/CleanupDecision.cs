using System;
using PulseRun.Core.OffHours;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents the decision about one instance and its reason.</summary>
internal sealed record CleanupDecision(CleanupCandidate Candidate, CleanupStep Step, CleanupReason Reason)
{
    /// <summary>True when the decision is to stop, remove or start the instance.</summary>
    public bool IsAct => Step is CleanupStep.Stop or CleanupStep.Remove or CleanupStep.Start;

    /// <summary>True when the decision follows from the note of the instance, whatever the instance is doing.</summary>
    public bool IsByNote => Reason is CleanupReason.Expired or CleanupReason.ExpiryNear or CleanupReason.OverBudget or CleanupReason.OffHours or CleanupReason.OffHoursOver;

    /// <summary>Gets the off hours for which the instance is stopped; null for any other decision.</summary>
    public OffHoursPeriod? OffHours { get; init; }

    /// <summary>Returns the action for an instance that was left alone.</summary>
    public CleanupAction Skipped(DateTimeOffset now, CleanupReason? reason = null, PulseRunException? error = null) => Act(CleanupOutcome.Skipped, now, reason: reason, error: error?.Message);

    /// <summary>Returns the action for an instance that was left alone, because a later verdict objects.</summary>
    public CleanupAction Skipped(DateTimeOffset now, CleanupReason reason, IdleVerdict verdict) => new(Candidate.Instance, verdict) { Action = CleanupOutcome.Skipped, Reason = reason, Time = now };

    /// <summary>Returns the action for a warning that was delivered.</summary>
    public CleanupAction Warned(DateTimeOffset now) => Act(CleanupOutcome.Warned, now);

    /// <summary>Returns the action to report under -WhatIf.</summary>
    public CleanupAction WouldBe(DateTimeOffset now) => Step switch
    {
        CleanupStep.Stop => Act(CleanupOutcome.WouldStop, now),
        CleanupStep.Remove => Act(CleanupOutcome.WouldRemove, now),
        CleanupStep.Warn => Act(CleanupOutcome.WouldWarn, now),
        CleanupStep.Start => Act(CleanupOutcome.WouldStart, now),
        _ => Skipped(now),
    };

    /// <summary>Returns the action for an act that succeeded.</summary>
    /// <param name="now">The time of the act.</param>
    /// <param name="result">The instance after the act.</param>
    public CleanupAction Done(DateTimeOffset now, Instance result) =>
        Act(Step switch { CleanupStep.Stop => CleanupOutcome.Stopped, CleanupStep.Start => CleanupOutcome.Started, _ => CleanupOutcome.Removed }, now, result);

    /// <summary>Returns the action for an act that failed.</summary>
    /// <param name="now">The time of the failure.</param>
    /// <param name="error">The error of the request.</param>
    public CleanupAction Failed(DateTimeOffset now, PulseRunException error) =>
        Act(CleanupOutcome.Failed, now, reason: error.ErrorId == ErrorIds.NotificationFailed ? CleanupReason.NotificationFailed : IsRefusal(error) ? CleanupReason.Refused : CleanupReason.RequestFailed, error: error.Message);

    /// <summary>True when the server refused the request (400). Some providers cannot stop an instance; repeating the request does not help.</summary>
    private static bool IsRefusal(PulseRunException error) => error.StatusCode == 400;

    private CleanupAction Act(CleanupOutcome outcome, DateTimeOffset now, Instance? result = null, CleanupReason? reason = null, string? error = null) =>
        new(result ?? Candidate.Instance, Candidate.Verdict)
        {
            Action = outcome,
            Reason = reason ?? Reason,
            Error = error,
            Time = now,
        };
}

/// <summary>Specifies what to do with an instance.</summary>
internal enum CleanupStep
{
    Skip,
    Stop,
    Remove,
    Warn,
    Start,
}
