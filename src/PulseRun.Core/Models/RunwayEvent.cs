using System;
using System.Globalization;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents the warning that the prepaid credit will soon be used up. At balance 0 the service terminates every instance, including its disk.</summary>
/// <remarks><c>Invoke-PRCleanup -WarnRunway 1.00:00 -Notify { param($event) ... }</c> receives it. It contains no secret.</remarks>
public sealed class RunwayEvent
{
    internal RunwayEvent(AccountBalance balance, string account, TimeSpan below, DateTimeOffset time)
    {
        Account = account;
        Balance = balance.Balance;
        Currency = balance.Currency;
        BurnPerHour = balance.BurnPerHour;
        Unpriced = balance.Unpriced;
        Runway = balance.Runway ?? TimeSpan.Zero;
        Below = below;
        Time = time;
    }

    /// <summary>Gets the name of the account: the profile, or the host of the address.</summary>
    public string Account { get; }

    /// <summary>Gets the credit, in <see cref="Currency"/>.</summary>
    public decimal Balance { get; }

    /// <summary>Gets the currency as the server writes it.</summary>
    public string? Currency { get; }

    /// <summary>Gets what all billed instances cost, in dollars per hour.</summary>
    public decimal BurnPerHour { get; }

    /// <summary>Gets the number of billed instances without a known price. If it is above 0, <see cref="Runway"/> is too long.</summary>
    public int Unpriced { get; }

    /// <summary>Gets the time until the balance is 0 at the present burn rate.</summary>
    public TimeSpan Runway { get; }

    /// <summary>Gets the time at which the balance is 0 at the present burn rate (UTC).</summary>
    public DateTimeOffset EmptyAt => Time + Runway;

    /// <summary>Gets the runway below which this warning is sent.</summary>
    public TimeSpan Below { get; }

    /// <summary>Gets the time of the event (UTC).</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Gets the event as one or two English sentences.</summary>
    public string Message => string.Format(
        CultureInfo.InvariantCulture,
        "The credit of {0} lasts for another {1} at the present burn rate: the balance is {2}, the fleet costs {3}.{4} At balance 0 every instance is terminated, disks included.",
        CleanText.Clean(Account, 80),
        Display.Duration(Runway),
        Balance.ToString("0.00", CultureInfo.InvariantCulture) + " " + CleanText.Clean(Currency ?? "usd", 8).ToUpperInvariant(),
        Display.PerHour(BurnPerHour),
        Unpriced > 0 ? " The price of " + Unpriced.ToString(CultureInfo.InvariantCulture) + " more is not known." : "");

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
