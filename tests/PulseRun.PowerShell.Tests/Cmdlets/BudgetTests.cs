using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class BudgetTests : CmdletTests
{
    public BudgetTests() => StartEmulator(instances: 0);

    private string Launch => "New-PRInstance rtx_4090 pytorch -Provider vast_ai -Confirm:$false";

    /// <summary>Launches one instance, so that its price is known, and returns the price.</summary>
    private decimal LearnPrice() => Get<Instance>(Launch + " -Lifetime 01:00").CostPerHour!.Value;

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

    [Fact]
    public void Without_a_budget_nothing_is_sent_and_nothing_is_returned()
    {
        Assert.Empty(Do("Get-PRBudget").Output);
        Assert.Empty(Sent);
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

    [Fact]
    public void A_budget_is_removed_by_tags_or_by_the_pipeline()
    {
        Do("Set-PRBudget -PerMonth 5 -PerDay 1; Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 5 -PerDay 1");
        Do("Get-PRBudget -Tag @{ team = 'nlp' } | Remove-PRBudget -Confirm:$false");
        Assert.Equal(["", ""], GetAll<Budget>("Get-PRBudget").Select(static one => one.Tag));
        Do("Remove-PRBudget -Confirm:$false");
        Assert.Empty(Do("Get-PRBudget").Output);
    }

    [Fact]
    public void The_figures_are_those_of_the_fleet()
    {
        decimal price = LearnPrice();
        Do("Set-PRBudget -PerMonth 500");
        Emulator.Advance(TimeSpan.FromMinutes(30));
        Budget budget = Get<Budget>("Get-PRBudget");
        Assert.InRange(budget.Spent, price * 0.49m, price * 0.52m);
        Assert.InRange(budget.Committed, price * 0.48m, price * 0.51m);
        Assert.Equal(0, budget.Unknown);
        Assert.Equal(500 - budget.Spent - budget.Committed, budget.Left);
        Assert.Null(budget.RunsOutAt);
        Assert.Contains(TimeZoneInfo.Local.Id, budget.TimeZone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launch_without_room_is_refused_before_it_is_sent()
    {
        decimal price = LearnPrice();
        // Room for the one that runs, and for one more of an hour.
        Shell.Set("limit", price * 2.5m);
        Do("Set-PRBudget -PerMonth $limit -AtLimit RefuseLaunch -Contact ann@example.org");
        Do(Launch + " -Lifetime 01:00");
        int before = Sent.Length;
        Outcome refused = Run(Launch + " -Lifetime 01:00");
        var error = Assert.Single(refused.Errors);
        Assert.Equal("BudgetExceeded", Outcome.IdOf(error));
        Assert.Contains("ann@example.org", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["GET /v1/instances"], Sent.Skip(before));
        // A shorter one fits.
        Assert.Single(GetAll<Instance>(Launch + " -Lifetime 00:10"));
    }

    [Fact]
    public void Of_many_launches_of_one_command_only_those_with_room_are_sent()
    {
        decimal price = LearnPrice();
        Shell.Set("limit", price * 4.2m);
        Do("Set-PRBudget -PerMonth $limit -AtLimit RefuseLaunch");
        Outcome outcome = Run(Launch + " -Lifetime 01:00 -Count 8");
        Assert.Equal(3, outcome.As<Instance>().Length);
        Assert.Equal(Enumerable.Repeat("BudgetExceeded", 5), outcome.ErrorIds);
        Assert.True(Get<Budget>("Get-PRBudget").Left >= 0);
    }

    [Fact]
    public void WhatIf_tells_that_the_launch_would_be_refused()
    {
        LearnPrice();
        Do("Set-PRBudget -PerMonth 0.01 -AtLimit RefuseLaunch");
        Assert.Equal("BudgetExceeded", Assert.Single(Run(Launch + " -Lifetime 01:00 -WhatIf").ErrorIds));
        Assert.Equal(1, CountSent("POST *"));
    }

    [Fact]
    public void A_budget_that_only_warns_launches()
    {
        LearnPrice();
        Do("Set-PRBudget -PerMonth 0.01");
        Outcome outcome = Do(Launch + " -Lifetime 01:00");
        Assert.Single(outcome.As<Instance>());
        AssertLike("*budget of all instances*", Assert.Single(outcome.Warnings));
    }

    [Fact]
    public void A_launch_whose_price_is_unknown_is_refused_unless_it_is_limited()
    {
        Do("Set-PRBudget -PerMonth 500 -AtLimit RefuseLaunch");
        Outcome outcome = Run(Launch + " -Lifetime 01:00");
        Assert.Equal("BudgetExceeded", Assert.Single(outcome.ErrorIds));
        Assert.Single(GetAll<Instance>(Launch + " -Lifetime 01:00 -MaxHourlyCost 5"));
    }

    [Fact]
    public void Without_a_journal_nothing_can_be_reserved()
    {
        LearnPrice();
        Do("Set-PRBudget -PerMonth 500 -AtLimit RefuseLaunch");
        Assert.Equal("BudgetExceeded", Assert.Single(Run("New-PRInstance rtx_4090 pytorch -NoJournal").ErrorIds));
        Assert.Equal(1, CountSent("POST *"));
    }

    [Fact]
    public void Cleanup_stops_the_instances_of_a_budget_that_is_exceeded_and_no_others()
    {
        string[] nlp = GetAll<Instance>("'rtx_4090', 'a100_80gb', 'h100_80gb' | ForEach-Object { New-PRInstance $_ pytorch -Tag @{ team = 'nlp' } }").Select(static one => one.Id).ToArray();
        string vision = Get<Instance>(Launch + " -Tag @{ team = 'vision' }").Id;
        Emulator.Advance(TimeSpan.FromHours(2));
        Do("Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 1000 -AtLimit Stop; Set-PRBudget -Tag @{ team = 'vision' } -PerMonth 0.01 -AtLimit RefuseLaunch");
        // Committed until the end of the day is more than the limit of this one, spent is not.
        Do("Set-PRBudget -PerMonth 500 -PerDay 499 -AtLimit Stop");
        Assert.Empty(GetAll<CleanupAction>("Invoke-PRCleanup -EnforceBudgets -Confirm:$false").Where(static one => one.Action != CleanupOutcome.Skipped));
        Do("Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 0.5");
        Assert.Empty(GetAll<CleanupAction>("Invoke-PRCleanup -Confirm:$false").Where(static one => one.Action != CleanupOutcome.Skipped));
        CleanupAction[] would = GetAll<CleanupAction>("Invoke-PRCleanup -EnforceBudgets -WhatIf").Where(static one => one.Action == CleanupOutcome.WouldStop).ToArray();
        Assert.Equal(nlp.Order(), would.Select(static one => one.Id).Order());
        CleanupAction[] done = GetAll<CleanupAction>("Invoke-PRCleanup -EnforceBudgets -MaxActions 2 -Confirm:$false").Where(static one => one.Action == CleanupOutcome.Stopped).ToArray();
        Assert.All(done, static one => Assert.Equal(CleanupReason.OverBudget, one.Reason));
        // The cheapest of the three still runs, and so does that of the other budget.
        Assert.Equal(new[] { nlp[0], vision }.Order(), Running.Select(static one => one.Id).Order());
        Do("Protect-PRInstance " + nlp[0]);
        Do("Invoke-PRCleanup -EnforceBudgets -Confirm:$false");
        Assert.Equal(2, Running.Length);
        Do("Unprotect-PRInstance " + nlp[0] + "; Invoke-PRCleanup -EnforceBudgets -Confirm:$false");
        Assert.Equal([vision], Running.Select(static one => one.Id));
    }

    [Fact]
    public void A_budget_of_tags_counts_instances_with_these_tags_only_and_a_removed_one_stays_spent()
    {
        Do("New-PRInstance rtx_4090 pytorch -Tag @{ team = 'nlp' } -Lifetime 08:00 | Out-Null; New-PRInstance h100_80gb pytorch -Tag @{ team = 'vision' } | Out-Null");
        Do("Set-PRBudget -Tag @{ Team = 'nlp' } -PerMonth 100");
        Emulator.Advance(TimeSpan.FromHours(1));
        decimal price = Emulator.Instances.Single(static one => one.Gpu == "rtx_4090").CostPerHour!.Value;
        Budget budget = Get<Budget>("Get-PRBudget");
        Assert.InRange(budget.Spent, price * 0.97m, price * 1.02m);
        Do("Get-PRInstance -Gpu rtx_4090 | Remove-PRInstance -Force");
        Emulator.Advance(TimeSpan.FromHours(1));
        Budget after = Get<Budget>("Get-PRBudget");
        Assert.InRange(after.Spent, price * 0.97m, price * 1.02m);
        Assert.Equal(0, after.Committed);
    }

    [Fact]
    public void Without_a_budget_a_launch_is_one_request()
    {
        LearnPrice();
        int before = Sent.Length;
        Do(Launch);
        Assert.DoesNotContain("GET /v1/instances", Sent.Skip(before));
    }
}
