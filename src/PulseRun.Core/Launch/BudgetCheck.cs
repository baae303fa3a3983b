using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;

namespace PulseRun.Core.Launch;

/// <summary>Decides whether budgets have room for a launch, or for the start of a stopped instance.</summary>
internal static class BudgetCheck
{
    /// <summary>Compares a launch with budgets, of which some only warn.</summary>
    /// <param name="rules">The budgets.</param>
    /// <param name="items">The instances, and the launches that are not listed, without this one.</param>
    /// <param name="launch">The launch, or the stopped instance to start.</param>
    /// <param name="view">The list.</param>
    public static BudgetAnswer Check(IReadOnlyCollection<BudgetRule> rules, IReadOnlyCollection<BudgetItem> items, BudgetItem launch, BudgetView view) => new(
        Refuse(rules.Where(static rule => rule.AtLimit == BudgetLimitAction.Warn), items, launch, view)?.Message,
        Refuse(rules.Where(static rule => rule.AtLimit != BudgetLimitAction.Warn), items, launch, view));

    /// <summary>Returns the first budget without room for a launch, as an error; null when all have room.</summary>
    /// <param name="rules">The budgets to check.</param>
    /// <param name="items">The instances, and the launches that are not listed, without this one.</param>
    /// <param name="launch">The launch, or the stopped instance to start, which has an id. Its price is what it may cost at most.</param>
    /// <param name="view">The list.</param>
    public static PulseRunException? Refuse(IEnumerable<BudgetRule> rules, IReadOnlyCollection<BudgetItem> items, BudgetItem launch, BudgetView view)
    {
        foreach (BudgetRule rule in rules.Where(rule => rule.Covers(launch.Tags)))
        {
            foreach (Budget budget in BudgetMeter.Measure(rule, items, view.Now, view.Zone))
            {
                decimal? adds = BudgetMeter.Committed(launch, new BudgetWindow(budget.From, budget.Until), view.Now, view.Zone);
                // The known costs may exceed the limit already, whatever the unknown prices are.
                if (budget.Spent + budget.Committed + (adds ?? 0) > budget.Limit || (adds is null && budget.Spent + budget.Committed >= budget.Limit))
                    return Exceeded(budget, launch, adds);
                if (budget.Unknown > 0 || adds is null)
                    return Unknown(budget, launch, adds is null);
            }
        }
        return null;
    }

    /// <summary>Returns a launch as the budgets count it. Without a known price, its limit is what it may cost: an instance above the limit is terminated.</summary>
    public static BudgetItem ItemOf(LaunchRecord launch, decimal? price) => new()
    {
        Tags = launch.Note?.Tags ?? InstanceNote.NoTags,
        IsBilled = true,
        Price = price ?? launch.MaxHourlyCost,
        ExpiresAt = launch.RequestedAt + launch.Note?.Lifetime,
    };

    private static PulseRunException Exceeded(Budget budget, BudgetItem launch, decimal? adds) => new(ErrorIds.BudgetExceeded, Name(budget)
        + " has no room for " + What(launch) + ": " + Dollars(budget.Spent) + " are spent and " + Dollars(budget.Committed) + " are committed"
        + (adds is { } amount ? ", and it needs " + Dollars(amount) + " (" + Display.PerHour(launch.Price!.Value) + (launch.ExpiresAt is null ? " until the end of the day)" : " for its lifetime)") : "")
        + ". " + Ask(budget));

    private static string What(BudgetItem launch) => launch.Id.Length == 0 ? "this launch" : "the start of " + CleanText.Clean(launch.Id, 64);

    private static PulseRunException Unknown(Budget budget, BudgetItem launch, bool isOwn) => new(ErrorIds.BudgetExceeded, Name(budget) + " cannot be checked: "
        + (isOwn && launch.Id.Length > 0 ? "the price of " + CleanText.Clean(launch.Id, 64) + " is not known. "
            : isOwn ? "the price of such an instance is not known, and -MaxHourlyCost does not limit it. "
            : budget.Unknown.ToString(CultureInfo.InvariantCulture) + " of its instances or open launches have no known price. ")
        + Dollars(budget.Spent) + " and more are spent, and " + Dollars(budget.Committed) + " and more are committed. " + Ask(budget));

    private static string Name(Budget budget) => "The budget " + (budget.Tag.Length == 0 ? "of all instances" : "'" + CleanText.Clean(budget.Tag, 200) + "'")
        + " of " + Dollars(budget.Limit) + (budget.Period == BudgetPeriod.Day ? " per day" : " per month")
        + string.Format(CultureInfo.InvariantCulture, " (until {0:yyyy-MM-dd HH:mm}, {1})", budget.Until, budget.TimeZone);

    private static string Ask(Budget budget) => budget.Contact is { } contact ? "Ask " + CleanText.Clean(contact, 200) + " for more." : "Get-PRBudget shows the figures.";

    private static string Dollars(decimal amount) => amount.ToString("$0.00", CultureInfo.InvariantCulture);
}
