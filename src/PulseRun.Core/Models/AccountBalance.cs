using System;

namespace PulseRun;

/// <summary>The prepaid credit, and how long it lasts. At 0 every instance is terminated, disks included.</summary>
public sealed class AccountBalance
{
    /// <summary>The credit, in <see cref="Currency"/>.</summary>
    public decimal Balance { get; init; }

    /// <summary>The currency as the server spells it, for example <c>usd</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>What the fleet costs per hour, in dollars.</summary>
    public decimal BurnPerHour { get; init; }

    /// <summary>How many burning instances have no known price, so that <see cref="Runway"/> is too long.</summary>
    public int Unpriced { get; init; }

    /// <summary>How long until the balance is 0 if all goes on as now; null when nothing burns.</summary>
    public TimeSpan? Runway { get; init; }

    /// <summary>The connection it came from. Hidden, so that no formatter or serialiser shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Answers the balance, as people read it.</summary>
    public override string ToString() =>
        Balance.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture) + " " + (Currency ?? "").ToUpperInvariant();
}
