using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents a launch that was sent, for matching with the list.</summary>
/// <param name="Record">The record of the journal.</param>
/// <param name="Created">The time in which its instance was created if it launched, by the server's clock; null when not known.</param>
internal sealed record LaunchIntent(LaunchRecord Record, CreationWindow? Created)
{
    /// <summary>The largest assumed age of a Date header: some servers write a new one once a second.</summary>
    private static readonly TimeSpan s_dateAge = TimeSpan.FromSeconds(1);

    public Guid IntentId => Record.IntentId;

    /// <summary>Gets the same time by the wall clock of this machine, when that is to be believed too; null otherwise.</summary>
    public CreationWindow? CreatedByWallClock { get; init; }

    public LaunchRequest Request => Record.Request;

    /// <summary>Gets the time of sending by the local wall clock, which is suitable for ordering only.</summary>
    public DateTimeOffset SentAt => Record.SentAt ?? Record.RequestedAt;

    /// <summary>Returns the intent, with the time of sending by the wall clock as a second possibility. It differs from that of the monotonic clock when the machine slept, or when a clock was set.</summary>
    /// <param name="skew">The server's clock minus that of this machine; null when not known.</param>
    public LaunchIntent WithWallClock(TimeSpan? skew)
    {
        if (Record.SentAt is not { } sentAt || skew is not { } difference)
            return this;
        var window = new CreationWindow(sentAt + difference, sentAt + difference + (Record.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout));
        return Created is null ? this with { Created = window } : this with { CreatedByWallClock = window };
    }

    /// <summary>Returns the intent of a record.</summary>
    /// <param name="record">The launch.</param>
    /// <param name="serverTimeAt">Returns the server's time at a given time; null when not known.</param>
    public static LaunchIntent Of(LaunchRecord record, Func<SteadyTime, SteadyTime, TimeRange?> serverTimeAt)
    {
        if (record.Sent is not { } sent || serverTimeAt(sent, sent) is not { } from)
            return new LaunchIntent(record, null);
        var timeout = record.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout;
        var until = (record.Ended is { } ended && ended.Since(sent) is not null ? serverTimeAt(ended, sent)?.Latest : null) ?? from.Latest + timeout;
        // A sender that did not record its end waited at most for the request timeout. Most servers are done long before.
        var soon = record.Ended is null && timeout > LaunchEvidence.Short ? from.Latest + LaunchEvidence.Short : until;
        return new LaunchIntent(record, new CreationWindow(from.Earliest, soon) { Sent = from.Best, AtMost = until + s_dateAge });
    }

    /// <summary>Returns the intent with the whole time in which its instance can have been created, for an account in which only this store launches.</summary>
    public LaunchIntent OfOneUser() => Created is { } window ? this with { Created = window with { Until = window.AtMost } } : this;
}
