using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class SetBudgetTests : CmdletTests
{
    public SetBudgetTests() => StartEmulator(instances: 0);

    [Fact]
    public void Setting_a_budget_sends_nothing_and_keeps_what_is_not_given()
    {
        Do("Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 500 -PerDay 40 -AtLimit RefuseLaunch");
        Do("Set-PRBudget -Tag @{ TEAM = 'nlp' } -PerMonth 600");
        Do("Set-PRBudget -PerDay 7");
        Assert.Empty(Sent);
        Budget[] all = GetAll<Budget>("Get-PRBudget");
        Assert.Equal([("", BudgetPeriod.Day, 7m), ("team=nlp", BudgetPeriod.Day, 40m), ("team=nlp", BudgetPeriod.Month, 600m)], all.Select(static one => (one.Tag, one.Period, one.Limit)));
        Assert.Equal([BudgetLimitAction.Warn, BudgetLimitAction.RefuseLaunch, BudgetLimitAction.RefuseLaunch], all.Select(static one => one.AtLimit));
        Assert.All(all, static one => Assert.Equal(Environment.UserName + "@" + Environment.MachineName, one.Contact));
        Assert.Equal(["GET /v1/instances"], Sent);
        Assert.Equal(["team=nlp", "team=nlp"], GetAll<Budget>("Get-PRBudget -Tag @{ team = 'nlp' }").Select(static one => one.Tag));
    }

    [Theory]
    [InlineData("Set-PRBudget -Tag @{ team = 'nlp' }")]
    [InlineData("Set-PRBudget -AtLimit Stop")]
    [InlineData("Set-PRBudget -PerMonth -1")]
    [InlineData("Set-PRBudget -PerMonth 1e15")]
    [InlineData("Set-PRBudget -Tag @{ 'a b' = 'x' } -PerMonth 1")]
    [InlineData("Set-PRBudget -Tag @{ team = \"x`ny\" } -PerMonth 1")]
    [InlineData("Remove-PRBudget -Tag @{ team = 'none' } -Confirm:$false")]
    public void A_wrong_budget_is_refused_and_nothing_is_stored(string script)
    {
        Outcome outcome = Run(script);
        Assert.Equal("InvalidRequest", outcome.EndedId ?? Assert.Single(outcome.ErrorIds));
        Assert.Empty(Do("Get-PRBudget").Output);
    }

    [Fact]
    public void The_last_limit_cannot_be_taken_from_a_budget()
    {
        Do("Set-PRBudget -PerMonth 5 -PerDay 1; Set-PRBudget -PerDay $null");
        Assert.Equal(BudgetPeriod.Month, Get<Budget>("Get-PRBudget").Period);
        Assert.Equal("InvalidRequest", Assert.Single(Run("Set-PRBudget -PerMonth $null").ErrorIds));
        Assert.Equal(5m, Get<Budget>("Get-PRBudget").Limit);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Do("Set-PRBudget -PerMonth 5 -WhatIf");
        Assert.Empty(Do("Get-PRBudget").Output);
        Do("Set-PRBudget -PerMonth 5; Remove-PRBudget -WhatIf");
        Assert.NotEmpty(Do("Get-PRBudget").Output);
    }
}
