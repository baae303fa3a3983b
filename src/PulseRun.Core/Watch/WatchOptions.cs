using System;

namespace PulseRun.Core.Watch;

/// <summary>How a view goes on.</summary>
/// <param name="Interval">The time from one refresh to the next.</param>
/// <param name="Refreshes">After how many it ends by itself; null for never.</param>
/// <param name="Sort">What to sort by at first.</param>
/// <param name="Waiting">What a request waits for at the moment; null for nothing.</param>
internal sealed record WatchOptions(TimeSpan Interval, int? Refreshes, FleetSort Sort, Func<string?> Waiting);
