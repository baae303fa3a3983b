namespace PulseRun.Core.Launch;

/// <summary>Represents the result of checking a launch against the cost limit of the fleet.</summary>
/// <param name="Check">Within, Exceeded, or PriceUnknown when missing prices prevent the check.</param>
/// <param name="PerHour">The cost of the fleet without the launch, in dollars per hour, including other launches under way.</param>
/// <param name="Adds">The price of the launch; null when not known.</param>
/// <param name="Unpriced">The number of instances and launches under way without a known price.</param>
internal sealed record FleetRoom(CostCheck Check, decimal PerHour, decimal? Adds, int Unpriced)
{
    /// <summary>Gets why the launch was refused for another reason than the cost limit of the fleet, for example because its name is taken; null when it was not.</summary>
    public PulseRunException? Refusal { get; init; }

    /// <summary>Gets the result without a limit.</summary>
    public static FleetRoom Unlimited { get; } = new(CostCheck.Within, 0, null, 0);
}
