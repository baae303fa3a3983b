using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;

namespace PulseRun.Launching;

/// <summary>A launch that was sent and is not closed.</summary>
/// <param name="IntentId">Its name in the journal, and its idempotency key.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="SentAt">When, by this machine's clock.</param>
internal sealed record LaunchIntent(Guid IntentId, LaunchRequest Request, DateTimeOffset SentAt)
{
    /// <summary>The open intents that may own an instance nobody has claimed. The journal is read after the list: what was unsent then cannot be in it.</summary>
    public static IReadOnlyList<LaunchIntent> Unclaimed(IEnumerable<LaunchRecord> journal) => journal
        .Where(record => record is { Outcome: null, InstanceId: null, SentAt: not null })
        .Select(record => new LaunchIntent(record.IntentId, record.Request, record.SentAt!.Value))
        .ToList();
}
