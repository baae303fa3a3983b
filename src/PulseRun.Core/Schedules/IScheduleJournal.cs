using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;

namespace PulseRun.Core.Schedules;

/// <summary>Records each schedule before it is sent, for all processes that share the store: a schedule that is created twice launches twice, for ever.</summary>
/// <remarks>Each member is one transaction, so that a kill at any point leaves the journal consistent.</remarks>
internal interface IScheduleJournal
{
    /// <summary>Records that a schedule is about to be sent. Of several callers with the same name, one succeeds.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intent">The schedule.</param>
    /// <returns>The open intent with the same name, in which case nothing was recorded; null when this one was.</returns>
    ScheduleRecord? Begin(string account, ScheduleRecord intent);

    /// <summary>Records that the request is being sent. An intent without this record was provably not sent.</summary>
    /// <exception cref="StoreUnavailableException">The record cannot be written, or the intent is no longer in the journal. The request must not be sent then.</exception>
    void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock);

    /// <summary>Records that the sender no longer waits for an answer and the outcome is unknown.</summary>
    /// <param name="intentId">The intent.</param>
    /// <param name="clock">The time of the monotonic clock.</param>
    /// <param name="isAnswered">True when the server itself ended the request.</param>
    void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered);

    /// <summary>Records when this machine first found an intent whose time of sending cannot be compared with its clock. Later calls have no effect.</summary>
    void Meet(Guid intentId, SteadyTime clock);

    /// <summary>Closes an intent.</summary>
    /// <param name="intentId">The intent.</param>
    /// <param name="scheduleId">The id of the created schedule; null when none was created.</param>
    /// <param name="now">The time of closing.</param>
    /// <returns>False when another intent has claimed the schedule; then nothing is changed.</returns>
    bool Close(Guid intentId, string? scheduleId, DateTimeOffset now);

    /// <summary>Gives up ownership of an open intent, so that any command may finish it.</summary>
    void Release(Guid intentId);

    /// <summary>Returns the open intents, oldest first.</summary>
    IReadOnlyList<ScheduleRecord> Open(string account);

    /// <summary>Returns the ids of the schedules that intents have claimed.</summary>
    ISet<string> Claimed(string account);
}
