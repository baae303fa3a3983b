using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents the warning of one idle spell of an instance: the time from its first low reading to the first sign of work.</summary>
/// <param name="Spell">Identifies the spell.</param>
/// <param name="Since">The time of the first low reading, as it was known when the warning was claimed.</param>
/// <param name="ConfirmedAt">The time of the last reading up to which the spell is known to be unbroken.</param>
/// <param name="DeliveredAt">The time at which the warning was delivered; null while it was not.</param>
internal sealed record IdleWarning(Guid Spell, DateTimeOffset Since, DateTimeOffset ConfirmedAt, DateTimeOffset? DeliveredAt);

/// <summary>Specifies the answer to a claim of a warning.</summary>
internal enum WarningClaim
{
    /// <summary>The warning may be sent by this process only.</summary>
    Granted,

    /// <summary>Another process is sending the warning.</summary>
    Held,

    /// <summary>The warning was delivered before.</summary>
    Delivered,
}
