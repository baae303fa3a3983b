using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>What one part of the fleet costs, in dollars.</summary>
public sealed class CostReport
{
    /// <summary>The GPU type, provider, region or template; <c>total</c> without grouping, <c>unknown</c> where the server did not say.</summary>
    public string Group { get; init; } = "";

    /// <summary>How many instances burn money now: all but the stopped, terminated and failed ones.</summary>
    public int Count { get; init; }

    /// <summary>How many of them have no known price, so that <see cref="BurnPerHour"/> is too low.</summary>
    public int Unpriced { get; init; }

    /// <summary>What they cost per hour, together.</summary>
    public decimal BurnPerHour { get; init; }

    /// <summary>What was charged since midnight; null when the key may not read the ledger.</summary>
    public decimal? Today { get; init; }

    /// <summary>What was charged since the first of the month; null when the key may not read the ledger.</summary>
    public decimal? ThisMonth { get; init; }

    /// <summary>What instances would have cost this month in the hours in which this machine has seen them stopped.</summary>
    public decimal SavedByStops { get; init; }

    /// <summary>Answers the group and its price, as people read them.</summary>
    public override string ToString() =>
        Group + " " + Display.PerHour(BurnPerHour);
}

/// <summary>What costs are added up by.</summary>
public enum CostGrouping
{
    /// <summary>By nothing: one total.</summary>
    Total,

    /// <summary>By GPU type.</summary>
    Gpu,

    /// <summary>By provider.</summary>
    Provider,

    /// <summary>By the region it runs in.</summary>
    Region,

    /// <summary>By the template it was launched from.</summary>
    Template,
}
