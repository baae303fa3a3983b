using System.Collections.Generic;

namespace PulseRun.Core.Cost;

/// <summary>Represents what a fleet costs per hour. Every instance is billed unless its state is stopped, terminated, failed or error.</summary>
/// <param name="PerHour">The sum of the known prices, in dollars per hour.</param>
/// <param name="Count">The number of billed instances.</param>
/// <param name="Unpriced">The number of billed instances without a known price; if it is above 0, <paramref name="PerHour"/> is a lower bound.</param>
internal readonly record struct Burn(decimal PerHour, int Count, int Unpriced)
{
    /// <summary>The hours of an average month.</summary>
    public const decimal HoursPerMonth = 730;

    public static Burn Of(IEnumerable<Instance> fleet)
    {
        var burn = default(Burn);
        foreach (var instance in fleet)
        {
            if (!InstanceStatus.IsBurning(instance.Status))
                continue;
            bool isPriced = IsPrice(instance.CostPerHour);
            burn = new Burn(burn.PerHour + (isPriced ? instance.CostPerHour!.Value : 0), burn.Count + 1, burn.Unpriced + (isPriced ? 0 : 1));
        }
        return burn;
    }

    /// <summary>Adds the costs of two parts of a fleet, so that a list can be summed without being kept.</summary>
    public static Burn operator +(Burn a, Burn b) => new(a.PerHour + b.PerHour, a.Count + b.Count, a.Unpriced + b.Unpriced);

    /// <summary>Returns true for a usable price: neither missing nor negative.</summary>
    public static bool IsPrice(decimal? price) => price >= 0;
}
