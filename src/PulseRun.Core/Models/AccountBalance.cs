using System;

namespace PulseRun;

/// <summary>Represents the prepaid credit and how long it lasts. At 0 every instance is terminated, including its disk.</summary>
public sealed class AccountBalance
{
    /// <summary>Gets the credit, in <see cref="Currency"/>.</summary>
    public decimal Balance { get; init; }

    /// <summary>Gets the currency as the server writes it, for example <c>usd</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>Gets what all billed instances cost, in dollars per hour.</summary>
    public decimal BurnPerHour { get; init; }

    /// <summary>Gets the number of billed instances without a known price. If it is above 0, <see cref="Runway"/> is too long.</summary>
    public int Unpriced { get; init; }

    /// <summary>Gets the time until the balance is 0 at the present burn rate; null when nothing is billed.</summary>
    public TimeSpan? Runway { get; init; }

    /// <summary>Gets the connection that the balance was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the balance and the currency, for example <c>12.50 USD</c>.</summary>
    public override string ToString() =>
        Balance.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture) + " " + (Currency ?? "").ToUpperInvariant();
}
