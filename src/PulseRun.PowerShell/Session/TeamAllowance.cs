using System;
using PulseRun.Core.RateLimit;

namespace PulseRun.PowerShell.Session;

/// <summary>Represents the allowance of requests in the store of a team, which is opened at the first draw. Two for one store are equal, so that a new connection keeps the block of the one before.</summary>
/// <param name="Choice">The choice of the store.</param>
internal sealed record TeamAllowance(StoreChoice Choice) : IRateAllowance
{
    /// <summary>Returns the allowance of a connection; null without a store of a team. An emulator has a clock of its own, so the minutes of the database do not apply to it.</summary>
    public static TeamAllowance? Of(Context context) =>
        context.Settings.Handler is null && context.Source != "Emulator" && StoreChoice.Of(context.Settings).OrNull is { } choice ? new TeamAllowance(choice) : null;

    public RateBlock Draw(string account, RateDraw draw) => Stores.Team(Choice).Rate.Draw(account, draw);

    public void Hold(string account, TimeSpan wait) => Stores.Team(Choice).Rate.Hold(account, wait);

    public void Lift(string account) => Stores.Team(Choice).Rate.Lift(account);
}
