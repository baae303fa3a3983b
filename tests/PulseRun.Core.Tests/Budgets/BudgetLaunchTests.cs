using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Budgets;

public class BudgetLaunchTests
{
    private static readonly DateTimeOffset s_end = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_launch_has_the_tags_and_the_end_of_its_note_and_a_launch_without_a_note_has_none()
    {
        LaunchRecord noted = Launch(), bare = Launch(), untagged = Launch();
        List<BudgetLaunch> joined = BudgetLaunch.Join(
            [noted, bare, untagged],
            [new(untagged.IntentId, null, null, false), new(noted.IntentId, "team=a\nuse=train", s_end, false), new(Guid.NewGuid(), "team=b", s_end, false)]);

        Assert.Equal([noted, bare, untagged], joined.Select(static one => one.Record));
        Assert.Equal("a", joined[0].Tags["team"]);
        Assert.Equal("train", joined[0].Tags["use"]);
        Assert.Equal(s_end, joined[0].ExpiresAt);
        foreach (BudgetLaunch one in joined.Skip(1))
        {
            Assert.Empty(one.Tags);
            Assert.Null(one.ExpiresAt);
        }
    }

    [Fact]
    public void A_launch_whose_instance_is_gone_no_longer_counts()
    {
        LaunchRecord gone = Launch(), there = Launch();
        Assert.Equal([there], BudgetLaunch.Join([gone, there], [new(gone.IntentId, "team=a", s_end, true), new(there.IntentId, "team=a", s_end, false)]).Select(static one => one.Record));
    }

    [Theory]
    [InlineData(0, BudgetLimitAction.Warn)]
    [InlineData(1, BudgetLimitAction.RefuseLaunch)]
    [InlineData(2, BudgetLimitAction.Stop)]
    public void The_numbers_of_a_store_are_actions(long number, BudgetLimitAction action) => Assert.Equal(action, BudgetRule.ActionOf(number));

    // Read as Warn, a number of a later version would let launches pass that the budget refuses.
    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public void Another_number_is_refused(long number) => Assert.Throws<FormatException>(() => BudgetRule.ActionOf(number));

    private static LaunchRecord Launch() => new() { IntentId = Guid.NewGuid(), Request = new LaunchRequest { Gpu = "g", Template = "t" }, RequestedAt = s_end, OwnerState = OwnerState.Alive };
}
