using System;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents the cost of one part of the fleet, in dollars.</summary>
public sealed class CostReport
{
    /// <summary>Gets the GPU type, provider, region, template, name, launcher or value of a tag; <c>total</c> without grouping, <c>unknown</c> when there is none.</summary>
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

    /// <summary>Gets the time from which <see cref="Cost"/> and <see cref="Charged"/> count: -Since, or the first of the month.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Gets what the instances have cost since <see cref="Since"/>, by the states and prices that are recorded on this machine. Time without an observation is not counted.</summary>
    public decimal Cost { get; init; }

    /// <summary>Gets the charges of the ledger since <see cref="Since"/>; null when the key may not read the ledger.</summary>
    public decimal? Charged { get; init; }

    /// <summary>Gets the charges without <see cref="Cost"/>: what was billed while nothing on this machine observed it, and what the server rounds. Null when the key may not read the ledger.</summary>
    public decimal? Difference => Charged - Cost;

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

    /// <summary>Groups by the name that New-PRInstance or Set-PRInstance gave.</summary>
    Name,

    /// <summary>Groups by the user and host that launched.</summary>
    LaunchedBy,

    /// <summary>Groups by the value of one tag.</summary>
    Tag,
}
