using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using Xunit;

namespace PulseRun.Core.Tests.Budgets;

public class BudgetMeterTests
{
    private static readonly TimeZoneInfo s_zone = TimeZoneInfo.Utc;
    private static readonly DateTimeOffset s_now = new(2026, 3, 10, 18, 0, 0, TimeSpan.Zero);

    private static Dictionary<string, string> Team(string team) => new() { ["team"] = team };

    private static BudgetItem Item(decimal? price, double? hoursLeft = null, double hoursRun = 0, string team = "nlp", bool isBilled = true) => new()
    {
        Id = "inst_1",
        Tags = Team(team),
        IsBilled = isBilled,
        Price = price,
        ExpiresAt = hoursLeft is { } left ? s_now.AddHours(left) : null,
        Billed = hoursRun > 0 ? [new BurnStretch(s_now.AddHours(-hoursRun), s_now, price)] : [],
    };

    private static Budget Month(decimal limit, params BudgetItem[] items) => Assert.Single(BudgetMeter.Measure(new BudgetRule { Tags = Team("nlp"), PerMonth = limit }, items, s_now, s_zone));

    private static Budget Day(decimal limit, params BudgetItem[] items) => Assert.Single(BudgetMeter.Measure(new BudgetRule { Tags = Team("nlp"), PerDay = limit }, items, s_now, s_zone));

    [Fact]
    public void Spent_is_what_was_billed_in_the_period()
    {
        Assert.Equal(20m, Month(500, Item(2, hoursRun: 10, isBilled: false)).Spent);
        // The day began 18 hours ago.
        Assert.Equal(36m, Day(500, Item(2, hoursRun: 30, isBilled: false)).Spent);
        Assert.Equal(0m, Month(500, Item(2, hoursRun: 10, team: "vision")).Spent);
    }

    [Fact]
    public void Committed_is_the_price_times_the_rest_of_the_lifetime_or_of_the_day()
    {
        Assert.Equal(16m, Month(500, Item(2, hoursLeft: 8)).Committed);
        Assert.Equal(12m, Month(500, Item(2)).Committed);
        Assert.Equal(28m, Month(500, Item(2, hoursLeft: 8), Item(2)).Committed);
        Assert.Equal(0m, Month(500, Item(2, hoursLeft: 8, isBilled: false), Item(2, hoursLeft: -1)).Committed);
        // Costs after midnight do not belong to this day.
        Assert.Equal(12m, Day(500, Item(2, hoursLeft: 8)).Committed);
        // 21 days and 6 hours are left of the month.
        Assert.Equal(510m, Month(500, Item(1, hoursLeft: 24 * 60)).Committed);
    }

    [Fact]
    public void Left_is_what_is_neither_spent_nor_committed_and_may_be_negative()
    {
        Budget budget = Month(30, Item(2, hoursLeft: 8, hoursRun: 10));
        Assert.Equal((20m, 16m, -6m), (budget.Spent, budget.Committed, budget.Left));
    }

    [Fact]
    public void An_unknown_price_is_counted_and_nothing_is_said_to_be_left()
    {
        Budget budget = Month(500, Item(null, hoursLeft: 8), Item(2, hoursLeft: 1));
        Assert.Equal(1, budget.Unknown);
        Assert.Null(budget.Left);
        Assert.Null(budget.RunsOutAt);
        Assert.Equal(2m, budget.Committed);
        Assert.Equal(1, Month(500, Item(-3)).Unknown);
        Assert.Equal(1, Month(500, Item(null, hoursRun: 2, isBilled: false)).Unknown);
        Assert.Equal(0, Month(500, Item(null, isBilled: false)).Unknown);
    }

    [Fact]
    public void It_runs_out_when_the_running_instances_have_spent_the_rest()
    {
        Assert.Equal(s_now.AddHours(5), Month(10, Item(2, hoursLeft: 8)).RunsOutAt);
        Assert.Null(Month(10, Item(2, hoursLeft: 4)).RunsOutAt);
        // 4 $/h for 2 hours, then 2 $/h.
        Assert.Equal(s_now.AddHours(3), Month(10, Item(2, hoursLeft: 2), Item(2, hoursLeft: 8)).RunsOutAt);
        // Without a lifetime it runs on, also after the day.
        Assert.Equal(s_now.AddHours(50), Month(100, Item(2)).RunsOutAt);
        Assert.Null(Month(100, Item(2, isBilled: false)).RunsOutAt);
        Assert.Equal(s_now, Month(10, Item(2, hoursLeft: 1, hoursRun: 6)).RunsOutAt);
        Assert.Null(Day(100, Item(2)).RunsOutAt);
    }

    [Fact]
    public void Both_limits_of_a_budget_are_measured()
    {
        Budget[] both = BudgetMeter.Measure(new BudgetRule { PerMonth = 500, PerDay = 40, AtLimit = BudgetLimitAction.Stop, Contact = "ann@host" }, [Item(2, hoursRun: 30)], s_now, s_zone).ToArray();
        Assert.Equal([BudgetPeriod.Day, BudgetPeriod.Month], both.Select(static one => one.Period));
        Assert.Equal([36m, 60m], both.Select(static one => one.Spent));
        Assert.All(both, static one => Assert.Equal(("", BudgetLimitAction.Stop, "ann@host"), (one.Tag, one.AtLimit, one.Contact)));
        Assert.StartsWith("UTC", both[0].TimeZone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_covers_instances_with_all_of_its_tags()
    {
        var rule = new BudgetRule { Tags = new Dictionary<string, string> { ["Team"] = "nlp", ["env"] = "dev" }, PerMonth = 1 };
        Assert.True(rule.Covers(new Dictionary<string, string> { ["TEAM"] = "nlp", ["env"] = "dev", ["owner"] = "ann" }));
        Assert.False(rule.Covers(new Dictionary<string, string> { ["team"] = "NLP", ["env"] = "dev" }));
        Assert.False(rule.Covers(Team("nlp")));
        Assert.True(new BudgetRule().Covers(InstanceNote.NoTags));
        Assert.Equal(BudgetRule.KeyOf(new Dictionary<string, string> { ["ENV"] = "dev", ["team"] = "nlp" }), BudgetRule.KeyOf(rule.Tags));
        Assert.NotEqual(BudgetRule.KeyOf(Team("nlp")), BudgetRule.KeyOf(Team("NLP")));
    }

    [Fact]
    public void A_budget_without_a_limit_or_with_a_negative_one_is_refused()
    {
        Assert.Equal("PerMonth", new BudgetRule().Check()?.Field);
        Assert.Equal("PerDay", new BudgetRule { PerMonth = 1, PerDay = -1 }.Check()?.Field);
        Assert.Equal("PerMonth", new BudgetRule { PerMonth = decimal.MaxValue }.Check()?.Field);
        Assert.Equal("Tag", new BudgetRule { PerMonth = 1, Tags = new Dictionary<string, string> { ["a b"] = "" } }.Check()?.Field);
        Assert.Null(new BudgetRule { PerDay = 0 }.Check());
    }

    private static BudgetView View(params BudgetItem[] items) => new("s", items, new HashSet<string>(), new SteadyTime("boot", TimeSpan.FromHours(1)), s_now, s_zone);

    private static PulseRunException? Refuse(BudgetRule rule, BudgetItem launch, params BudgetItem[] items) => BudgetCheck.Refuse([rule], items, launch, View(items));

    [Fact]
    public void A_launch_that_fits_exactly_has_room()
    {
        var rule = new BudgetRule { Tags = Team("nlp"), PerMonth = 36, Contact = "ann@host" };
        Assert.Null(Refuse(rule, Item(2, hoursLeft: 8), Item(2, hoursRun: 4, hoursLeft: 6)));
        PulseRunException over = Refuse(rule, Item(2, hoursLeft: 8.1), Item(2, hoursRun: 4, hoursLeft: 6))!;
        Assert.Equal(ErrorIds.BudgetExceeded, over.ErrorId);
        foreach (string part in new[] { "team=nlp", "$36.00 per month", "$8.00 are spent", "$12.00 are committed", "$16.20", "ann@host" })
            Assert.Contains(part, over.Message, StringComparison.Ordinal);
        Assert.Null(Refuse(rule, Item(200, hoursLeft: 8, team: "vision")));
    }

    [Fact]
    public void Without_a_lifetime_the_rest_of_the_day_is_reserved()
    {
        Assert.Null(Refuse(new BudgetRule { PerMonth = 12 }, Item(2)));
        Assert.NotNull(Refuse(new BudgetRule { PerMonth = 11.99m }, Item(2)));
    }

    [Fact]
    public void Unknown_prices_refuse()
    {
        var rule = new BudgetRule { PerMonth = 1000 };
        Assert.Contains("-MaxHourlyCost", Refuse(rule, Item(null) with { Id = "" })!.Message, StringComparison.Ordinal);
        // A stopped instance to start has an id.
        Assert.Contains("the price of inst_1 is not known", Refuse(rule, Item(null) with { Id = "inst_1" })!.Message, StringComparison.Ordinal);
        Assert.Contains("1 of its instances", Refuse(rule, Item(1), Item(null))!.Message, StringComparison.Ordinal);
        Assert.Null(Refuse(rule, Item(1), Item(null, team: "nlp", isBilled: false)));
        Assert.Null(BudgetCheck.Refuse([], [], Item(null), View()));
    }

    [Fact]
    public void Check_TellsTheFirstThatWarns_AndTheFirstThatRefuses()
    {
        BudgetRule warns = new() { PerMonth = 1, AtLimit = BudgetLimitAction.Warn }, refuses = new() { PerMonth = 2, AtLimit = BudgetLimitAction.RefuseLaunch }, hasRoom = new() { PerMonth = 1000, AtLimit = BudgetLimitAction.Warn };
        BudgetItem launch = Item(2, hoursLeft: 8);
        BudgetAnswer both = BudgetCheck.Check([hasRoom, refuses, warns], [], launch, View());
        Assert.Contains("of $1.00", both.Warning, StringComparison.Ordinal);
        Assert.Contains("of $2.00", both.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.BudgetExceeded, both.Refusal.ErrorId);
        Assert.Equal(new BudgetAnswer(both.Warning, null), BudgetCheck.Check([warns], [], launch, View()));
        Assert.Equal(new BudgetAnswer(null, null), BudgetCheck.Check([hasRoom], [], launch, View()));
        Assert.Null(BudgetCheck.Check([refuses], [], launch, View()).Warning);
    }

    private static BudgetLaunch Launch(LaunchOutcome? outcome, double? sentMinutesAfter, string? instance = null, bool gone = false) => new(
        new LaunchRecord
        {
            IntentId = Guid.NewGuid(),
            Request = new LaunchRequest { Gpu = "g", Template = "t" },
            RequestedAt = s_now,
            OwnerState = OwnerState.Alive,
            Price = 2,
            Outcome = outcome,
            InstanceId = instance,
            IsGone = gone,
            SentAt = sentMinutesAfter is null ? null : s_now,
            Sent = sentMinutesAfter is { } minutes ? new SteadyTime("boot", TimeSpan.FromHours(1) + TimeSpan.FromMinutes(minutes)) : null,
        },
        Team("nlp"), s_now.AddHours(1));

    [Fact]
    public void A_launch_that_the_list_may_lack_is_counted_and_one_that_is_listed_or_old_is_not()
    {
        BudgetView view = View() with { Listed = new HashSet<string> { "inst_listed" } };
        Assert.Equal(4, view.With(
            [
                Launch(null, null), Launch(null, 0.1), Launch(LaunchOutcome.Launched, 0.1, "inst_new"), Launch(LaunchOutcome.Launched, -0.5, "inst_late"),
                Launch(LaunchOutcome.Launched, 0.1, "inst_listed"), Launch(LaunchOutcome.Launched, -10, "inst_old"), Launch(LaunchOutcome.NotLaunched, 0.1), Launch(LaunchOutcome.Launched, 0.1, "inst_gone", gone: true),
            ],
            Guid.Empty).Count());
        BudgetLaunch own = Launch(null, null);
        Assert.Empty(view.With([own], own.Record.IntentId));
    }

    /// <summary>The answer of its launch was recorded after the notes of the view were read, and before the check.</summary>
    [Fact]
    public void A_listed_instance_whose_note_is_newer_than_the_view_has_the_tags_of_its_launch()
    {
        BudgetLaunch launch = Launch(LaunchOutcome.Launched, 0.1, "inst_x") with { ExpiresAt = s_now.AddHours(8) };
        BudgetView view = View(Item(2) with { Id = "inst_x", Tags = InstanceNote.NoTags }) with { Listed = new HashSet<string> { "inst_x" } };
        var rule = new BudgetRule { Tags = Team("nlp"), PerMonth = 20 };
        Assert.NotNull(BudgetCheck.Refuse([rule], view.With([launch], Guid.Empty).ToList(), Item(2, hoursLeft: 8), view));
        Assert.Null(BudgetCheck.Refuse([rule], view.With([], Guid.Empty).ToList(), Item(2, hoursLeft: 8), view));
    }

    [Fact]
    public void Items_join_the_list_the_states_and_the_notes()
    {
        RecordedState[] states =
        [
            new() { Id = "inst_gone", Status = "running", Since = s_now.AddHours(-5), LastSeen = s_now.AddHours(-2), LargestGap = TimeSpan.Zero, CostPerHour = 3 },
            new() { Id = "inst_gone", Status = null, Since = s_now.AddHours(-2), LastSeen = s_now.AddHours(-1), LargestGap = TimeSpan.Zero },
        ];
        Instance[] fleet = [new() { Id = "inst_here", Status = "running", CostPerHour = 2, StartedAt = s_now.AddHours(-1) }, new() { Id = "inst_off", Status = "stopped", CostPerHour = 2 }];
        InstanceNote[] notes = [new() { Id = "inst_gone", Tags = Team("nlp") }, new() { Id = "inst_here", Tags = Team("nlp"), ExpiresAt = s_now.AddHours(1) }];
        var items = BudgetItems.Of(fleet, states, notes, s_now.AddDays(-9), s_now);
        Assert.Equal(["inst_here", "inst_off", "inst_gone"], items.Select(static one => one.Id));
        Assert.Equal([true, false, false], items.Select(static one => one.IsBilled));
        Budget budget = Month(100, [.. items]);
        Assert.Equal((11m, 2m), (budget.Spent, budget.Committed));
    }

    /// <summary>The figures of a random fleet equal those of a simulation that adds up minute by minute.</summary>
    [Fact]
    public void The_figures_equal_those_of_a_simulation()
    {
        var random = new Random(7);
        for (int world = 0; world < 200; world++)
        {
            BudgetItem[] items = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Item(
                random.Next(1, 50) / 10m, random.Next(3) == 0 ? null : random.Next(1, 40), random.Next(0, 40), isBilled: random.Next(4) > 0)).ToArray();
            decimal limit = random.Next(1, 300);
            Budget budget = Month(limit, items);
            decimal total = budget.Spent;
            DateTimeOffset? runsOut = total >= limit ? s_now : null;
            for (DateTimeOffset at = s_now; runsOut is null && at < budget.Until; at = at.AddMinutes(1))
            {
                total += items.Where(one => one.IsBilled && !(one.ExpiresAt <= at)).Sum(static one => one.Price!.Value) / 60;
                if (total >= limit - 0.0000001m)
                    runsOut = at.AddMinutes(1);
            }
            Assert.Equal(runsOut is null, budget.RunsOutAt is null);
            if (runsOut is { } expected)
                Assert.InRange((expected - budget.RunsOutAt!.Value).TotalMinutes, -0.01, 1.01);
        }
    }
}
