using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;

namespace PulseRun.Core.Launch;

/// <summary>Represents what a command knows of a fleet for the check of budgets: a complete list with its notes, and the recorded past.</summary>
/// <param name="Service">The address of the service.</param>
/// <param name="Items">The listed instances, and those of the past that were billed in the month.</param>
/// <param name="Listed">The ids of the listed instances.</param>
/// <param name="At">The time at which the list was requested, by the monotonic clock.</param>
/// <param name="Now">The same time by the clock of the connection.</param>
/// <param name="Zone">The time zone whose days count.</param>
internal sealed record BudgetView(string Service, IReadOnlyList<BudgetItem> Items, ISet<string> Listed, SteadyTime At, DateTimeOffset Now, TimeZoneInfo Zone)
{
    /// <summary>Returns the view without an instance, for the check of the launch that it is the result of.</summary>
    public BudgetView Without(string id) => this with { Items = Items.Where(item => item.Id != id).ToList() };

    /// <summary>Returns the instances and the launches that the list may lack.</summary>
    /// <param name="launches">The launches of the store that may be billed.</param>
    /// <param name="intentId">The launch that is checked; it is not counted.</param>
    public IEnumerable<BudgetItem> With(IEnumerable<BudgetLaunch> launches, Guid intentId)
    {
        var view = new FleetView(0, default, Listed, At, AllowUnknownPrice: false);
        return Items.Concat(launches.Where(launch => launch.Record.IntentId != intentId && view.IsUnlisted(launch.Record)).Select(launch => new BudgetItem
        {
            Tags = launch.Tags,
            IsBilled = true,
            Price = launch.Record.Price ?? launch.Record.MaxHourlyCost,
            ExpiresAt = launch.ExpiresAt,
        }));
    }
}

/// <summary>Represents a launch of the store for the check of budgets: its record and its note.</summary>
/// <param name="Record">The record of the journal.</param>
/// <param name="Tags">The tags of its note.</param>
/// <param name="ExpiresAt">The end of its lifetime; null without one.</param>
internal sealed record BudgetLaunch(LaunchRecord Record, IReadOnlyDictionary<string, string> Tags, DateTimeOffset? ExpiresAt);
