using System;

namespace PulseRun.Contracts;

/// <summary>What the journal knows of one launch.</summary>
internal sealed class LaunchRecord
{
    public required Guid IntentId { get; init; }

    public required LaunchRequest Request { get; init; }

    /// <summary>When the intent was written, before anything was sent.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it was sent last; null when, for certain, nothing was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The instance it claims. Set and still open: its process ended between finding the instance and closing.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Null while open.</summary>
    public LaunchOutcome? Outcome { get; init; }

    public string? MatchedBy { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public required OwnerState OwnerState { get; init; }

    /// <summary>Who was at work on it when this was read, as the store spells it; null when nobody.</summary>
    public string? Owner { get; init; }
}
