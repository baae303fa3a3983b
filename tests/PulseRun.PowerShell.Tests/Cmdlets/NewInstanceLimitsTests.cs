using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>The limits of New-PRInstance. The emulator's h100_80gb costs 2.10 an hour, its a100_80gb 0.95, its rtx_4090 0.40.</summary>
public class NewInstanceLimitsTests : CmdletTests
{
    private const string Post = "POST /v1/instances";

    public NewInstanceLimitsTests() => StartEmulator(instances: 0);

    [Fact]
    public void A_price_seen_within_the_hour_is_refused_before_the_launch()
    {
        Do("New-PRInstance rtx_4090 pytorch");
        Outcome done = Run("New-PRInstance rtx_4090 pytorch -MaxHourlyCost 0.3");
        Assert.Equal(["CostLimitExceeded"], done.ErrorIds);
        AssertLike("Nothing was launched: such an instance cost *0.40/h when it was last seen, and the limit is *0.30/h.", done.Errors[0].Exception.Message);
        Assert.Equal(1, CountSent(Post));
    }

    [Theory]
    [InlineData("-MaxHourlyCost -0.01")]
    [InlineData("-MaxFleetCostPerHour -5")]
    public void A_negative_limit_is_refused_before_anything_is_sent(string limit)
    {
        Outcome done = Run("New-PRInstance rtx_4090 pytorch " + limit);
        Assert.Equal("InvalidRequest", done.EndedId ?? Assert.Single(done.ErrorIds));
        Assert.Equal(0, CountSent(Post));
    }

    /// <summary>PowerShell converts the text 1,50 to 150, so such an amount is refused.</summary>
    [Theory]
    [InlineData("New-PRInstance rtx_4090 pytorch -MaxHourlyCost '0,30'")]
    [InlineData("New-PRInstance rtx_4090 pytorch -MaxFleetCostPerHour '1,000.00'")]
    [InlineData("New-PRInstance rtx_4090 pytorch -BudgetLimit '25,5'")]
    [InlineData("[pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch'; MaxHourlyCost = '0,30' } | New-PRInstance")]
    [InlineData("Set-PRBudget -PerDay '1,50'")]
    public void An_amount_with_a_comma_is_refused(string command)
    {
        Outcome done = Run(command);
        AssertLike("*has a comma. Write an amount of dollars with a point*", (done.Ended ?? Assert.Single(done.Errors)).Exception.Message);
        Assert.Equal(0, CountSent(Post));
    }

    [Fact]
    public void A_new_instance_without_a_price_is_terminated_under_a_limit_and_kept_with_AllowUnknownPrice()
    {
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Names = ["cost_per_hour"] });
        Outcome refused = Run("New-PRInstance rtx_4090 pytorch -MaxHourlyCost 5");
        Assert.Equal(["CostLimitExceeded"], refused.ErrorIds);
        Assert.Equal("terminated", Assert.Single(Emulator.Instances).Status);

        Outcome kept = Do("New-PRInstance rtx_4090 pytorch -MaxHourlyCost 5 -AllowUnknownPrice");
        Instance instance = Assert.Single(kept.As<Instance>());
        Assert.Equal(instance.Id, Assert.Single(Running).Id);
        AssertLike("The server names no price for instance " + instance.Id + "*cannot be checked*", Assert.Single(kept.Warnings));
    }

    [Fact]
    public void An_instance_of_the_fleet_without_a_price_refuses_a_launch_and_counts_as_0_with_AllowUnknownPrice()
    {
        Do("New-PRInstance a100_80gb pytorch");
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Method = "GET", Names = ["cost_per_hour"] });
        Outcome refused = Run("New-PRInstance rtx_4090 pytorch -MaxFleetCostPerHour 5");
        Assert.Equal(["CostLimitExceeded"], refused.ErrorIds);
        AssertLike("Nothing was launched: *the price of 1 of its instances or open launches is not known*-AllowUnknownPrice counts them as 0.", refused.Errors[0].Exception.Message);
        Assert.Equal(1, CountSent(Post));

        Do("New-PRInstance rtx_4090 pytorch -MaxFleetCostPerHour 5 -AllowUnknownPrice");
        Assert.Equal(2, CountSent(Post));
    }

    [Fact]
    public void Resolve_holds_the_limit_of_the_fleet_that_its_launch_had()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Times = 1 });
        // The list for the limit comes whole, those that look for the launch do not.
        Fail(new() { Kind = EmulatorFaultKind.ListCut, Method = "GET", Skip = 1 });
        Outcome unknown = Run("New-PRInstance h100_80gb pytorch -MaxFleetCostPerHour 3 -SettleSec 1");
        Assert.Equal(["LaunchOutcomeUnknown"], unknown.ErrorIds);
        string id = Assert.Single(Emulator.Instances).Id;
        Emulator.ClearFaults();
        Emulator.AddInstance(new Instance { Gpu = "a100_80gb", Template = "pytorch", Status = "running", CostPerHour = 0.95m });

        Outcome done = Do("Resolve-PRLaunch -SettleSec 1");
        Assert.Equal(LaunchOutcome.NotLaunched, Assert.Single(done.As<Launch>()).Outcome);
        AssertLike("Instance " + id + " was launched and terminated at once: it adds *2.10/h to *0.95/h, and the limit for the fleet is *3.00/h.", Assert.Single(done.Warnings, static one => !one.Contains("of other connections")));
        Assert.Equal("a100_80gb", Assert.Single(Running).Gpu);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void An_instance_that_costs_more_than_MaxHourlyCost_is_terminated()
    {
        Outcome done = Run("New-PRInstance h100_80gb pytorch -MaxHourlyCost 2");
        Assert.Empty(done.Output);
        Assert.Equal(["CostLimitExceeded"], done.ErrorIds);
        Instance launched = Assert.Single(Emulator.Instances);
        AssertLike("*" + launched.Id + " was launched and terminated at once*$2.10/h*$2.00/h*", done.Errors[0].Exception.Message);
        Assert.Equal("terminated", launched.Status);
        Assert.Equal(2.10m, Get<Instance>("New-PRInstance h100_80gb pytorch -MaxHourlyCost 2.10").CostPerHour);
    }

    [Theory]
    [InlineData("New-PRInstance rtx_4090 pytorch -Count 4 -MaxFleetCostPerHour 1")]
    [InlineData("$emulator | Connect-PulseRun -MaxFleetCostPerHour 1; New-PRInstance rtx_4090 pytorch -Count 4")]
    public void The_fleet_stays_below_the_limit_of_the_command_or_the_connection(string script)
    {
        Outcome done = Run(script);
        Assert.Equal(2, done.As<Instance>().Length);
        Assert.Equal(["CostLimitExceeded", "CostLimitExceeded"], done.ErrorIds);
        Assert.Equal("Nothing was launched: the fleet costs $0.80/h, this launch adds about $0.40/h, and the limit for the fleet is $1.00/h.", done.Errors[0].Exception.Message);
        Assert.Equal(2, CountSent(Post));
        Assert.Equal(1, CountSent("GET *"));
    }

    [Fact]
    public void The_fleet_stays_below_the_limit_of_a_saved_profile()
    {
        Outcome done = Run("""
            Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri $emulator.BaseUri -Profile limited -Save -MaxFleetCostPerHour 0.5 -WarningAction SilentlyContinue
            Disconnect-PulseRun
            Connect-PulseRun -Profile limited
            New-PRInstance rtx_4090 pytorch -Count 2
            """);
        Assert.Single(done.As<Instance>());
        Assert.Equal(["CostLimitExceeded"], done.ErrorIds);
    }
}
