using System;
using System.Collections.Generic;
using System.Globalization;

namespace PulseRun;

/// <summary>Represents one limit of a budget, per month or per day, and what is used of it, in dollars.</summary>
public sealed class Budget
{
    /// <summary>Gets the tags that an instance must have to count, as <c>team=nlp</c>; empty for a budget of all instances.</summary>
    public string Tag => Tags.ToString() ?? "";

    /// <summary>Gets the tags that an instance must have to count, by key.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Core.Text.TagSet.Of(new Dictionary<string, string>());

    /// <summary>Gets whether the limit is per day or per month.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>Gets the limit.</summary>
    public decimal Limit { get; init; }

    /// <summary>Gets what the instances have cost in the period, by the states and prices that are recorded on this machine. Time without an observation is not counted.</summary>
    public decimal Spent { get; init; }

    /// <summary>Gets what the running instances and the launches under way cost until the end of their lifetimes, or of the day without one; at most until the end of the period.</summary>
    public decimal Committed { get; init; }

    /// <summary>Gets the number of running instances and launches under way without a known price. If it is above 0, <see cref="Spent"/> and <see cref="Committed"/> are too low.</summary>
    public int Unknown { get; init; }

    /// <summary>Gets the limit without what is spent and committed. Negative when more is committed than the limit allows; null when a price is not known.</summary>
    public decimal? Left => Unknown > 0 ? null : Limit - Spent - Committed;

    /// <summary>Gets the time at which the running instances will have spent the limit, if nothing else is launched; null when they do not before the period ends, or when a price is not known.</summary>
    public DateTimeOffset? RunsOutAt { get; init; }

    /// <summary>Gets what happens at the limit.</summary>
    public BudgetLimitAction AtLimit { get; init; }

    /// <summary>Gets the start of the period, in the time zone of this machine.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Gets the end of the period, in the time zone of this machine.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Gets the name of the time zone whose days count.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Gets whom to ask for more: the user and host that set the budget, as <c>user@host</c>, or what -Contact named.</summary>
    public string? Contact { get; init; }

    /// <summary>Returns the tags, the limit and what is spent.</summary>
    public override string ToString() => (Tag.Length == 0 ? "all instances" : Tag) + ": "
        + string.Format(CultureInfo.InvariantCulture, "${0:0.00} of ${1:0.00} per {2} spent", Spent, Limit, Period == BudgetPeriod.Day ? "day" : "month");
}

/// <summary>Specifies the period of a limit.</summary>
public enum BudgetPeriod
{
    /// <summary>A day of the local time zone, from midnight to midnight.</summary>
    Day,

    /// <summary>A month of the local time zone.</summary>
    Month,
}

/// <summary>Specifies what happens when a budget has no room.</summary>
public enum BudgetLimitAction
{
    /// <summary>New-PRInstance launches and writes a warning.</summary>
    Warn,

    /// <summary>New-PRInstance launches nothing (error BudgetExceeded).</summary>
    RefuseLaunch,

    /// <summary>As RefuseLaunch; and when more than the limit is spent, Invoke-PRCleanup -EnforceBudgets stops the instances of the budget, the most expensive first.</summary>
    Stop,
}
