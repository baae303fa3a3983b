using System.Collections.Generic;

namespace PulseRun.Core.Cost;

/// <summary>What a fleet costs per hour right now. Everything burns but stopped, terminated, failed and error.</summary>
/// <param name="PerHour">In dollars: the sum of the known prices.</param>
/// <param name="Count">How many burn.</param>
/// <param name="Unpriced">How many of them have no known price, so that <paramref name="PerHour"/> is a lower bound.</param>
internal readonly record struct Burn(decimal PerHour, int Count, int Unpriced)
{
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

    /// <summary>Two parts of a fleet together, so that a list need not be kept to be added up.</summary>
    public static Burn operator +(Burn a, Burn b) => new(a.PerHour + b.PerHour, a.Count + b.Count, a.Unpriced + b.Unpriced);

    /// <summary>A negative price is no price.</summary>
    public static bool IsPrice(decimal? price) => price >= 0;
}
