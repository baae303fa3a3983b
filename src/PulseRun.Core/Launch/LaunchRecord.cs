using System;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Launch;

/// <summary>Represents the journal entry of one launch.</summary>
internal sealed record LaunchRecord
{
    public required Guid IntentId { get; init; }

    public required LaunchRequest Request { get; init; }

    /// <summary>Gets the connection that the launch is sent with: its address, and its profile if it has one. Null in journals of earlier versions.</summary>
    public string? Origin { get; init; }

    /// <summary>Gets the time at which the intent was recorded, before anything was sent.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Gets the time of the last transmission by the wall clock; null when provably nothing was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Gets the time of the last transmission by the monotonic clock.</summary>
    public SteadyTime? Sent { get; init; }

    /// <summary>Gets the time at which the sender stopped waiting for the answer; null when it recorded none (a crash or Ctrl+C).</summary>
    public SteadyTime? Ended { get; init; }

    /// <summary>True when the server itself ended the request with an answer, so that it no longer works on it.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Gets the time at which this machine first found the launch open, when <see cref="Sent"/> cannot be compared with its clock.</summary>
    public SteadyTime? FirstMet { get; init; }

    /// <summary>Gets how long the sender waits for an answer; null in journals of earlier versions.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Gets the price limit of the instance, in dollars per hour; null for no limit.</summary>
    public decimal? MaxHourlyCost { get; init; }

    /// <summary>Gets the cost limit of the whole fleet, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>True when an unknown price counts as 0.</summary>
    public bool AllowUnknownPrice { get; init; }

    /// <summary>Gets the price per hour: an estimate while the launch is open, the real price afterwards; null when not known.</summary>
    public decimal? Price { get; init; }

    /// <summary>Gets the claimed instance. If it is set while the launch is open, the process ended between finding the instance and closing.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets the outcome; null while the launch is open.</summary>
    public LaunchOutcome? Outcome { get; init; }

    /// <summary>True when the instance is known to have ended.</summary>
    public bool IsGone { get; init; }

    /// <summary>True when the outcome was written to the pipeline, as an object, an error or a warning.</summary>
    public bool IsTold { get; init; }

    /// <summary>True when it is to be looked at once more, because it was closed as NotLaunched only because it was not listed.</summary>
    public bool NeedsAnotherLook { get; init; }

    public string? MatchedBy { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public required OwnerState OwnerState { get; init; }

    /// <summary>Gets the process that worked on the launch when the record was read, in the form of the store; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets the note to write with the intent; null for none. It is not read back from the journal.</summary>
    public LaunchNote? Note { get; init; }

    /// <summary>Gets the highest number of instances in the history that existed before the launch was sent; null when not known.</summary>
    public long? SeenUpTo { get; init; }
}

/// <summary>Specifies whether a command still works on a launch.</summary>
internal enum OwnerState
{
    /// <summary>No command works on it: its cmdlet gave it up with an unknown outcome.</summary>
    Released,

    /// <summary>Its process is running and may work on it now.</summary>
    Alive,

    /// <summary>Its process has ended.</summary>
    Dead,

    /// <summary>Its process runs, or ran, on another machine or in another container, and cannot be observed from here.</summary>
    Elsewhere,
}
