using System;

namespace PulseRun.Launching;

/// <summary>A launch that was sent and is not closed.</summary>
/// <param name="IntentId">Its name in the journal, and its idempotency key.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="SentAt">When, by this machine's clock.</param>
/// <param name="IsInFlight">Whether somebody still waits for its answer, which will tell better than any match.</param>
internal sealed record LaunchIntent(Guid IntentId, LaunchRequest Request, DateTimeOffset SentAt, bool IsInFlight = false);
