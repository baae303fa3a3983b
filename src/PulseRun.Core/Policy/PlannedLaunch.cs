using System;
using System.Collections.Generic;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Policy;

/// <summary>Represents a launch before it is sent, for the rules of a policy.</summary>
/// <param name="Request">The request.</param>
internal sealed record PlannedLaunch(LaunchRequest Request)
{
    /// <summary>Gets the lifetime; null for a launch without one.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Gets the tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = InstanceNote.NoTags;

    /// <summary>Gets the price of such an instance when it was last seen, in dollars per hour; null when it was not seen lately.</summary>
    public decimal? Price { get; init; }
}
