using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents the cost of one part of the fleet, in dollars.</summary>
public sealed class CostReport
{
    /// <summary>Gets the GPU type, provider, region or template; <c>total</c> without grouping, <c>unknown</c> when the server sent none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Gets the number of billed instances: all that are not stopped, terminated, failed or in error.</summary>
    public int Count { get; init; }

    /// <summary>Gets the number of billed instances without a known price. If it is above 0, <see cref="BurnPerHour"/> is too low.</summary>
    public int Unpriced { get; init; }

    /// <summary>Gets the sum of their prices per hour.</summary>
    public decimal BurnPerHour { get; init; }

    /// <summary>Gets the charges since midnight; null when the key may not read the ledger.</summary>
    public decimal? Today { get; init; }

    /// <summary>Gets the charges since the first of the month; null when the key may not read the ledger.</summary>
    public decimal? ThisMonth { get; init; }

    /// <summary>Gets what instances would have cost this month in the hours in which this machine recorded them as stopped.</summary>
    public decimal SavedByStops { get; init; }

    /// <summary>Returns the group and its cost per hour.</summary>
    public override string ToString() =>
        Group + " " + Display.PerHour(BurnPerHour);
}

/// <summary>Specifies the property by which costs are grouped.</summary>
public enum CostGrouping
{
    /// <summary>Does not group; returns one total.</summary>
    Total,

    /// <summary>Groups by GPU type.</summary>
    Gpu,

    /// <summary>Groups by provider.</summary>
    Provider,

    /// <summary>Groups by the region of the instance.</summary>
    Region,

    /// <summary>Groups by the template of the launch.</summary>
    Template,
}
