using System;

namespace PulseRun.Core.Launch;

/// <summary>A launch that was sent, as it is matched against the list.</summary>
/// <param name="Record">As the journal has it.</param>
/// <param name="Created">When its instance was created if it happened, by the server's clock; null when that cannot be told.</param>
internal sealed record LaunchIntent(LaunchRecord Record, CreationWindow? Created)
{
    public Guid IntentId => Record.IntentId;

    public LaunchRequest Request => Record.Request;

    /// <summary>When it was sent, by this machine's wall clock: good for an order, and for a guess.</summary>
    public DateTimeOffset SentAt => Record.SentAt ?? Record.RequestedAt;

    /// <summary>Makes one of a record.</summary>
    /// <param name="record">The launch.</param>
    /// <param name="serverTimeAt">Returns the server's time at a moment; null when it is not known.</param>
    public static LaunchIntent Of(LaunchRecord record, Func<SteadyTime, SteadyTime, DateTimeOffset?> serverTimeAt)
    {
        if (record.Sent is not { } sent || serverTimeAt(sent, sent) is not { } from)
            return new LaunchIntent(record, null);
        // A sender that gave no sign of its end waited at most for the request timeout.
        var until = record.Ended is { } ended && ended.Since(sent) is not null ? serverTimeAt(ended, sent) : null;
        return new LaunchIntent(record, new CreationWindow(from, until ?? from + (record.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout)));
    }
}
