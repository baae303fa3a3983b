using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetBudgetTests : CmdletTests
{
    public GetBudgetTests()
    {
        StartEmulator(instances: 0);
        AdvanceToMorning();
    }

    private string Launch => "New-PRInstance rtx_4090 pytorch -Provider vast_ai -Confirm:$false";

    /// <summary>Launches one instance, so that its price is known, and returns the price.</summary>
    private decimal LearnPrice() => Get<Instance>(Launch + " -Lifetime 01:00").CostPerHour!.Value;

    [Fact]
    public void Without_a_budget_nothing_is_sent_and_nothing_is_returned()
    {
        Assert.Empty(Do("Get-PRBudget").Output);
        Assert.Empty(Sent);
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

    /// <summary>The instance costs more than its launch reserved, and it could not be terminated: the command ends, as by a kill, with the launch open. What finishes it compares the real price with the budget again.</summary>
    [Theory]
    [InlineData("Resolve-PRLaunch -SettleSec 0")]
    [InlineData("New-PRInstance a100_80gb pytorch -SettleSec 0")]
    public void A_real_price_above_the_budget_ends_the_instance_also_after_the_command_has_ended(string later)
    {
        Do("New-PRInstance rtx_4090 pytorch -Provider vast_ai -Tag @{ team = 'nlp' } -Lifetime 01:00 | Remove-PRInstance -Force; Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 1 -AtLimit RefuseLaunch");
        Emulator.SetPrice("rtx_4090", 30);
        Emulator.AddFault(new() { Kind = EmulatorFaultKind.ServerError, Method = "DELETE", Status = 409 });
        Outcome outcome = Run("New-PRInstance rtx_4090 pytorch -Provider vast_ai -Tag @{ team = 'nlp' } -Lifetime 01:00");
        Assert.Equal("BudgetExceeded", Assert.Single(outcome.ErrorIds));
        string id = Assert.Single(Running).Id;
        Assert.Contains(id + " was launched and IS STILL THERE", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Emulator.ClearFaults();
        Run(later);
        Assert.DoesNotContain(Running, one => one.Id == id);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
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
        // The costs that are committed until the end of the day exceed these limits, but those that are spent do not.
        Do("Set-PRBudget -PerMonth 500 -PerDay 499 -AtLimit Stop");
        Assert.DoesNotContain(GetAll<CleanupAction>("Invoke-PRCleanup -EnforceBudgets -Confirm:$false"), static one => one.Action != CleanupOutcome.Skipped);
        Do("Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 0.5");
        Assert.DoesNotContain(GetAll<CleanupAction>("Invoke-PRCleanup -Confirm:$false"), static one => one.Action != CleanupOutcome.Skipped);
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
