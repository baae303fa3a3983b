namespace PulseRun.Core.Launch;

/// <summary>Whether the fleet has room for a launch.</summary>
/// <param name="Check">Within, Exceeded, or PriceUnknown when prices are missing so that it cannot be said.</param>
/// <param name="PerHour">What the fleet costs without it, in dollars per hour, launches on their way included.</param>
/// <param name="Adds">What the launch adds; null when unknown.</param>
/// <param name="Unpriced">How many instances and launches on their way have no known price.</param>
internal sealed record FleetRoom(CostCheck Check, decimal PerHour, decimal? Adds, int Unpriced)
{
    /// <summary>The room where there is no limit.</summary>
    public static FleetRoom Unlimited { get; } = new(CostCheck.Within, 0, null, 0);
}
