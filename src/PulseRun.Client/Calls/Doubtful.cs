using System;

namespace PulseRun.Client.Calls;

/// <summary>It may have launched.</summary>
/// <param name="Cause">What went wrong.</param>
/// <param name="SentAt">When it was sent, by this computer's clock.</param>
/// <param name="SentAtServerTime">The same by the server's clock (its Date header); null when it never answered.</param>
internal sealed record Doubtful(PulseRunException Cause, DateTimeOffset SentAt, DateTimeOffset? SentAtServerTime) : LaunchOutcome;
