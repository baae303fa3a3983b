using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;

namespace PulseRun.Core.Budgets;

/// <summary>Represents a budget as it was set: for the instances with all of its tags.</summary>
internal sealed record BudgetRule
{
    /// <summary>The largest limit. Sums of larger amounts could overflow.</summary>
    private const decimal Most = 1_000_000_000;

    /// <summary>Gets the tags that an instance must have to count; none for a budget of all instances. They identify the budget: keys without case, values with case.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = InstanceNote.NoTags;

    /// <summary>Gets the limit per month; null for none.</summary>
    public decimal? PerMonth { get; init; }

    /// <summary>Gets the limit per day; null for none.</summary>
    public decimal? PerDay { get; init; }

    public BudgetLimitAction AtLimit { get; init; }

    /// <summary>Gets whom to ask for more.</summary>
    public string? Contact { get; init; }

    /// <summary>Gets the limits, the shorter period first.</summary>
    public IEnumerable<(BudgetPeriod Period, decimal Limit)> Limits
    {
        get
        {
            if (PerDay is { } day)
                yield return (BudgetPeriod.Day, day);
            if (PerMonth is { } month)
                yield return (BudgetPeriod.Month, month);
        }
    }

    /// <summary>Returns true when an instance with these tags counts towards this budget.</summary>
    public bool Covers(IReadOnlyDictionary<string, string> tags) => Tags.All(wanted =>
        tags.Any(tag => string.Equals(tag.Key, wanted.Key, StringComparison.OrdinalIgnoreCase) && tag.Value == wanted.Value));

    /// <summary>Returns the action at the limit from its number in a store.</summary>
    /// <exception cref="FormatException">The number is none of an action: the row is damaged, or of a later version.</exception>
    public static BudgetLimitAction ActionOf(long number) => number is >= (long)BudgetLimitAction.Warn and <= (long)BudgetLimitAction.Stop
        ? (BudgetLimitAction)number
        : throw new FormatException("A row contains a value that is not an action at the limit of a budget.");

    /// <summary>Returns the key of the budget of some tags in a store.</summary>
    public static string KeyOf(IReadOnlyDictionary<string, string> tags) =>
        TagSet.ToLines(tags.ToDictionary(static tag => tag.Key.ToUpperInvariant(), static tag => tag.Value, StringComparer.Ordinal));

    /// <summary>Returns the error for the first value that is wrong; null when the budget can be stored.</summary>
    public PulseRunException? Check()
    {
        if (NoteRules.WrongTags(Tags) is { } wrong)
            return Refuse("Tag", wrong);
        if (PerMonth is null && PerDay is null)
            return Refuse(nameof(PerMonth), "a budget needs a limit: -PerMonth, -PerDay, or both.");
        return Amount(nameof(PerMonth), PerMonth) ?? Amount(nameof(PerDay), PerDay);
    }

    private static PulseRunException? Amount(string field, decimal? amount) => amount is < 0 or > Most
        ? Refuse(field, "the limit is 0 to " + Most.ToString("0", CultureInfo.InvariantCulture) + " dollars.")
        : null;

    private static PulseRunException Refuse(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why) { Field = field };
}
