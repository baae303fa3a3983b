using System;
using System.Collections.Generic;

namespace PulseRun.Core.Watch;

/// <summary>Specifies how a view is displayed and when it ends.</summary>
/// <param name="Interval">The time between refreshes.</param>
/// <param name="Refreshes">The number of refreshes after which the view ends; null for no end.</param>
/// <param name="Sort">The initial order.</param>
/// <param name="Waiting">Returns what a request waits for at the moment; null for nothing.</param>
internal sealed record WatchOptions(TimeSpan Interval, int? Refreshes, FleetSort Sort, Func<string?> Waiting)
{
    /// <summary>Gets the method that receives the ids of the rows on the screen, from top to bottom, when they have changed. It must return quickly.</summary>
    public Action<IReadOnlyList<string>>? OnVisible { get; init; }
}
