using System;

namespace PulseRun.Core.Cost;

/// <summary>How long the prepaid credit lasts.</summary>
internal static class Runway
{
    /// <summary>Below this a warning is due.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromHours(24);

    /// <summary>The longest runway: beyond it, a date would overflow.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36500);

    /// <returns>Null when the fleet costs nothing.</returns>
    public static TimeSpan? Of(decimal balance, decimal burnPerHour)
    {
        if (burnPerHour <= 0)
            return null;
        if (balance <= 0)
            return TimeSpan.Zero;
        double hours = (double)balance / (double)burnPerHour;
        return hours < s_longest.TotalHours ? TimeSpan.FromHours(hours) : s_longest;
    }

    /// <summary>Returns a balance of the ledger with what the fleet costs, and how long the credit lasts at that rate.</summary>
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
