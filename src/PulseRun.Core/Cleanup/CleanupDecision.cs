using System;

namespace PulseRun.Core.Cleanup;

/// <summary>What to do with one instance, and why.</summary>
internal sealed record CleanupDecision(CleanupCandidate Candidate, CleanupStep Step, CleanupReason Reason)
{
    /// <summary>As an action that was not taken.</summary>
    public CleanupAction Skipped(DateTimeOffset now, CleanupReason? reason = null) => Act(CleanupOutcome.Skipped, now, reason: reason);

    /// <summary>As what -WhatIf tells.</summary>
    public CleanupAction WouldBe(DateTimeOffset now) => Step switch
    {
        CleanupStep.Stop => Act(CleanupOutcome.WouldStop, now),
        CleanupStep.Remove => Act(CleanupOutcome.WouldRemove, now),
        _ => Skipped(now),
    };

    /// <summary>As an action that succeeded.</summary>
    /// <param name="now">When.</param>
    /// <param name="result">The instance as it now is.</param>
    public CleanupAction Done(DateTimeOffset now, Instance result) =>
        Act(Step == CleanupStep.Stop ? CleanupOutcome.Stopped : CleanupOutcome.Removed, now, result);

    /// <summary>As an action that failed.</summary>
    /// <param name="now">When.</param>
    /// <param name="error">How.</param>
    public CleanupAction Failed(DateTimeOffset now, PulseRunException error) =>
        Act(CleanupOutcome.Failed, now, reason: IsRefusal(error) ? CleanupReason.Refused : CleanupReason.RequestFailed, error: error.Message);

    /// <summary>Some providers cannot stop (400): trying again changes nothing.</summary>
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

/// <summary>What to do with an instance.</summary>
internal enum CleanupStep
{
    Skip,
    Stop,
    Remove,
}
