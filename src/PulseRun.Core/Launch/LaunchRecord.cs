using System;

namespace PulseRun.Core.Launch;

/// <summary>What the journal knows of one launch.</summary>
internal sealed record LaunchRecord
{
    public required Guid IntentId { get; init; }

    public required LaunchRequest Request { get; init; }

    /// <summary>When the intent was written, before anything was sent.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it was sent last, by the wall clock; null when, for certain, nothing was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was sent last, by the steady clock.</summary>
    public SteadyTime? Sent { get; init; }

    /// <summary>When its sender stopped waiting for the answer; null when it never said so (a crash, Ctrl+C).</summary>
    public SteadyTime? Ended { get; init; }

    /// <summary>True when the server itself ended the request with an answer, so that it no longer works on it.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>When this machine first found the launch open, where <see cref="Sent"/> cannot be compared with its clock.</summary>
    public SteadyTime? FirstMet { get; init; }

    /// <summary>How long its sender waits for an answer; null in journals of earlier versions.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>The most the instance may cost in dollars per hour; null for no limit.</summary>
    public decimal? MaxHourlyCost { get; init; }

    /// <summary>The most the whole fleet may cost in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>True when a price that is not known counts as 0.</summary>
    public bool AllowUnknownPrice { get; init; }

    /// <summary>What it costs per hour: an estimate while it is open, the real price afterwards; null when unknown.</summary>
    public decimal? Price { get; init; }

    /// <summary>The instance it claims. Set and still open: its process ended between finding the instance and closing.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Null while open.</summary>
    public LaunchOutcome? Outcome { get; init; }

    /// <summary>True when the instance is known to have ended again.</summary>
    public bool IsGone { get; init; }

    /// <summary>True when the outcome was written to the pipeline, as an object, an error or a warning.</summary>
    public bool IsTold { get; init; }

    /// <summary>True when it is to be looked at once more: it was closed as NotLaunched because it was not listed, or as Launched while its server might still be working on it.</summary>
    public bool NeedsAnotherLook { get; init; }

    public string? MatchedBy { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public required OwnerState OwnerState { get; init; }

    /// <summary>Who was at work on it when this was read, as the store spells it; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>The instances that the history had numbered up to this number were there before the launch was sent; null when unknown.</summary>
    public long? SeenUpTo { get; init; }
}

/// <summary>Tells whether a command is still at work on a launch.</summary>
internal enum OwnerState
{
    /// <summary>None: its cmdlet gave it up, the outcome unknown.</summary>
    Released,

    /// <summary>Its process lives, and may be at it right now.</summary>
    Alive,

    /// <summary>Its process is gone.</summary>
    Dead,

    /// <summary>Its process runs, or ran, on another machine or in another container: it cannot be seen from here.</summary>
    Elsewhere,
}
