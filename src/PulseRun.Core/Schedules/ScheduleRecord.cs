using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;

namespace PulseRun.Core.Schedules;

/// <summary>Represents the journal entry of one schedule that is or was being created.</summary>
internal sealed record ScheduleRecord
{
    public required Guid IntentId { get; init; }

    /// <summary>Gets the schedule, without its script, which may contain secrets.</summary>
    public required ScheduleRequest Request { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Gets how long the sender waits for an answer.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Gets the ids of the schedules that the list showed before anything was sent. None of them can be the result.</summary>
    public required IReadOnlyList<string> Before { get; init; }

    /// <summary>Gets the time of the transmission by the wall clock; null when provably nothing was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Gets the time of the transmission by the monotonic clock.</summary>
    public SteadyTime? Sent { get; init; }

    /// <summary>Gets the time at which the sender stopped waiting for the answer; null when it recorded none (a crash or Ctrl+C).</summary>
    public SteadyTime? Ended { get; init; }

    /// <summary>True when the server itself ended the request with an answer, so that it no longer works on it.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Gets the time at which this machine first found the intent open, when <see cref="Sent"/> cannot be compared with its clock.</summary>
    public SteadyTime? FirstMet { get; init; }

    public required OwnerState OwnerState { get; init; }

    /// <summary>True when the request was sent, so that it may have taken effect.</summary>
    public bool WasSent => SentAt is not null || Sent is not null;

    /// <summary>Returns the remaining time until the list proves that the schedule was not created; zero when it does now.</summary>
    public TimeSpan Left(TimeSpan settle, SteadyTime now) => LaunchTiming.Left(AsLaunch(), settle, now);

    /// <summary>Returns how long the command that sent the request waits before it looks in the list for the last time.</summary>
    public TimeSpan Patience(TimeSpan settle, SteadyTime now) => LaunchTiming.Patience(AsLaunch(), settle, now);

    /// <summary>Returns true when two requests create equal schedules.</summary>
    public static bool AreAlike(ScheduleRequest one, ScheduleRequest other) => one with { StartupScript = null } == other with { StartupScript = null };

    /// <summary>Returns the record of a launch with the same times: when a list proves something does not depend on what was sent.</summary>
    private LaunchRecord AsLaunch() => new()
    {
        IntentId = IntentId,
        Request = new LaunchRequest { Gpu = Request.Gpu ?? "", Template = Request.Template ?? "" },
        RequestedAt = RequestedAt,
        SentAt = SentAt,
        Sent = Sent,
        Ended = Ended,
        IsAnswered = IsAnswered,
        FirstMet = FirstMet,
        RequestTimeout = RequestTimeout,
        OwnerState = OwnerState,
    };
}
