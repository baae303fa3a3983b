using System;

namespace PulseRun.Core.Store;

/// <summary>Represents a price that was last seen for a kind of instance.</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Spot">True for spot instances.</param>
/// <param name="Provider">The provider; empty when not known.</param>
/// <param name="Region">The region; empty when not known.</param>
/// <param name="CostPerHour">The price in dollars per hour.</param>
/// <param name="SeenAt">The time at which it was seen.</param>
internal sealed record StoredPrice(string Gpu, bool Spot, string Provider, string Region, decimal CostPerHour, DateTimeOffset SeenAt);
