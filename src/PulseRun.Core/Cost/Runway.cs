using System;

namespace PulseRun.Core.Cost;

/// <summary>Computes how long the prepaid credit lasts.</summary>
internal static class Runway
{
    /// <summary>The runway below which a warning is written.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromHours(24);

    /// <summary>The longest runway; a larger one would overflow a date.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36500);

    /// <summary>Returns the time until the balance is 0 at the given cost; null when the fleet costs nothing.</summary>
    public static TimeSpan? Of(decimal balance, decimal burnPerHour)
    {
        if (burnPerHour <= 0)
            return null;
        if (balance <= 0)
            return TimeSpan.Zero;
        double hours = (double)balance / (double)burnPerHour;
        return hours < s_longest.TotalHours ? TimeSpan.FromHours(hours) : s_longest;
    }

    /// <summary>Returns a balance with the burn rate of the fleet and the runway filled in.</summary>
    public static AccountBalance Complete(AccountBalance ledger, Burn burn) => new()
    {
        Balance = ledger.Balance,
        Currency = ledger.Currency,
        BurnPerHour = burn.PerHour,
        Unpriced = burn.Unpriced,
        Runway = Of(ledger.Balance, burn.PerHour),
        Origin = ledger.Origin,
    };

    public static bool IsShort(TimeSpan? runway) => runway < Short;
}
