using System;

namespace PulseRun.Core.History;

/// <summary>A stretch of time in which an instance was seen in one state, at one price, without a restart that could be noticed.</summary>
internal sealed class RecordedState
{
    public required string Id { get; init; }

    /// <summary>The state as the server spelt it; empty when it gave none, null when the instance was no longer listed.</summary>
    public string? Status { get; init; }

    /// <summary>When it was first seen so. It may have been so before.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was last seen so.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>The longest time between two looks: what happened in between and was undone, nobody saw.</summary>
    public required TimeSpan LargestGap { get; init; }

    public decimal? CostPerHour { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    public string? Template { get; init; }

    public bool? Spot { get; init; }
}
