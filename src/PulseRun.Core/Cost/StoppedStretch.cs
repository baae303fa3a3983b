using System;

namespace PulseRun.Cost;

/// <summary>A time in which an instance was seen stopped.</summary>
/// <param name="Instance">The instance, with the price it would have cost.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when.</param>
internal readonly record struct StoppedStretch(Instance Instance, DateTimeOffset From, DateTimeOffset To);
