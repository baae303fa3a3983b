using System;

namespace PulseRun.Core.History;

/// <summary>Represents a time in which an instance was observed in one state, at one price, without a detectable restart.</summary>
internal sealed class RecordedState
{
    public required string Id { get; init; }

    /// <summary>Gets the state as the server wrote it; empty when the server sent none, null when the instance was no longer listed.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the time of the first observation. The state may have begun earlier.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gets the time of the last observation.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Gets the longest time between two observations. A change that was undone in between went unnoticed.</summary>
    public required TimeSpan LargestGap { get; init; }

    public decimal? CostPerHour { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    public string? Template { get; init; }

    public bool? Spot { get; init; }
}
