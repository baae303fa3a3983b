using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Budgets;

/// <summary>Computes what is used of a budget.</summary>
internal static class BudgetMeter
{
    /// <summary>Returns the limits of a budget and what is used of them.</summary>
    /// <param name="rule">The budget.</param>
    /// <param name="items">All instances and launches.</param>
    /// <param name="now">The present time.</param>
    /// <param name="zone">The time zone whose days count.</param>
    public static IEnumerable<Budget> Measure(BudgetRule rule, IEnumerable<BudgetItem> items, DateTimeOffset now, TimeZoneInfo zone)
    {
        List<BudgetItem> covered = items.Where(item => rule.Covers(item.Tags)).ToList();
        foreach ((BudgetPeriod period, decimal limit) in rule.Limits)
        {
            BudgetWindow window = BudgetWindow.Of(period, now, zone);
            decimal spent = covered.Sum(item => Spent(item, window, now));
            int unknown = covered.Count(item => IsUnknown(item, window, now));
            yield return new Budget
            {
                Tags = Text.TagSet.Of(rule.Tags),
                Period = period,
                Limit = limit,
                Spent = Cents(spent),
                Committed = Cents(covered.Sum(item => Committed(item, window, now, zone) ?? 0)),
                Unknown = unknown,
                RunsOutAt = unknown > 0 ? null : RunsOutAt(covered, limit - spent, window, now) is { } at ? TimeZoneInfo.ConvertTime(at, zone) : null,
                AtLimit = rule.AtLimit,
                From = window.From,
                Until = window.Until,
                TimeZone = BudgetWindow.NameOf(zone, now),
                Contact = rule.Contact,
            };
        }
    }

    /// <summary>Returns what a running instance or a launch costs from now until the end of its lifetime, or of the day without one, at most until the end of the period; null when its price is not known.</summary>
    public static decimal? Committed(BudgetItem item, BudgetWindow window, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!item.IsBilled)
            return 0;
        DateTimeOffset end = item.ExpiresAt ?? BudgetWindow.Of(BudgetPeriod.Day, now, zone).Until;
        if (end > window.Until)
            end = window.Until;
        if (end <= now)
            return 0;
        return BurnStretches.IsPrice(item.Price) ? item.Price!.Value * (end - now).Ticks / TimeSpan.TicksPerHour : null;
    }

    /// <summary>Returns what an instance has cost in a period up to now, as far as its prices are known.</summary>
    private static decimal Spent(BudgetItem item, BudgetWindow window, DateTimeOffset now)
    {
        DateTimeOffset end = now < window.Until ? now : window.Until;
        return item.Billed.Sum(stretch => stretch.CostWithin(window.From, end));
    }

    private static bool IsUnknown(BudgetItem item, BudgetWindow window, DateTimeOffset now) =>
        (item.IsBilled && !BurnStretches.IsPrice(item.Price)) || item.Billed.Any(stretch => stretch.Price is null && stretch.Within(window.From, now) > TimeSpan.Zero);

    /// <summary>Returns when the running instances have spent what is left. One with a lifetime counts until its end, one without until the end of the period.</summary>
    private static DateTimeOffset? RunsOutAt(IEnumerable<BudgetItem> items, decimal left, BudgetWindow window, DateTimeOffset now)
    {
        if (left <= 0)
            return now;
        List<(DateTimeOffset End, decimal Price)> running = items.Where(item => item.IsBilled && item.Price > 0 && !(item.ExpiresAt <= now))
            .Select(item => (item.ExpiresAt is { } end && end < window.Until ? end : window.Until, item.Price!.Value))
            .OrderBy(static one => one.Item1).ToList();
        decimal perHour = running.Sum(static one => one.Price);
        DateTimeOffset at = now;
        foreach ((DateTimeOffset end, decimal price) in running)
        {
            decimal cost = perHour * (end - at).Ticks / TimeSpan.TicksPerHour;
            if (cost >= left && perHour > 0)
                return at.AddTicks((long)(left * TimeSpan.TicksPerHour / perHour));
            left -= cost;
            perHour -= price;
            at = end;
        }
        return null;
    }

    /// <summary>Rounds to a hundredth of a cent, so that figures stay readable and sums of many stay exact.</summary>
    private static decimal Cents(decimal amount) => Math.Round(amount, 4);
}
