using System;
using System.Collections.Generic;
using PulseRun.Core.Notes;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Budgets;

/// <summary>Represents an instance, or a launch that is not listed yet, for the budgets.</summary>
internal sealed record BudgetItem
{
    /// <summary>Gets the id; empty for a launch without an instance.</summary>
    public string Id { get; init; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = InstanceNote.NoTags;

    /// <summary>Gets the note of the instance; null without one.</summary>
    public InstanceNote? Note { get; init; }

    /// <summary>Gets the times in which the instance was billed, in time order.</summary>
    public IReadOnlyList<BurnStretch> Billed { get; init; } = [];

    /// <summary>True when the instance is billed now, or is about to be.</summary>
    public bool IsBilled { get; init; }

    /// <summary>Gets the price in dollars per hour; null when not known.</summary>
    public decimal? Price { get; init; }

    /// <summary>Gets the end of the lifetime; null without one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
