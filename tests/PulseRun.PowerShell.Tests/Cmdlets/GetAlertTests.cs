using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetAlertTests : CmdletTests
{
    private readonly Alert _price;
    private readonly Alert _budget;

    public GetAlertTests()
    {
        StartEmulator();
        _price = Get<Alert>("New-PRAlert a100_80gb -PriceBelow 0.80");
        _budget = Get<Alert>("New-PRAlert -SpendAbove 50");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_filters_on_this_side_for_one_list()
    {
        Emulator.SetPrice("a100_80gb", 0.5m);
        Assert.Equal([_price.Id, _budget.Id], GetAll<Alert>("Get-PRAlert").Select(static one => one.Id));
        Assert.Equal(_price.Id, Get<Alert>("Get-PRAlert -Triggered").Id);
        Assert.NotNull(Get<Alert>("Get-PRAlert -Type price_drop").TriggeredAt);
        Shell.Set("id", _budget.Id);
        Assert.Equal(_budget.Id, Get<Alert>("Get-PRAlert $id").Id);
        Assert.Equal(2, GetAll<Alert>("'alert_*' | Get-PRAlert").Length);
        Assert.All(Sent, static line => Assert.Equal("GET /v1/alerts", line));
        Assert.Equal(5, Sent.Length);
    }

    [Fact]
    public void An_id_that_does_not_exist_is_one_error_with_its_target()
    {
        Shell.Set("id", _price.Id);
        Outcome done = Run("Get-PRAlert none, $id");
        Assert.Equal(["AlertNotFound"], done.ErrorIds);
        Assert.Equal("none", done.Errors[0].TargetObject);
        Assert.Equal(_price.Id, Assert.Single(done.As<Alert>()).Id);
    }

    [Fact]
    public void An_empty_pipeline_sends_nothing()
    {
        Assert.Empty(Do("@() | Get-PRAlert").All);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Types_and_ids_are_completed()
    {
        string[] types = GetAll<string>("(TabExpansion2 'Get-PRAlert -Type ').CompletionMatches.CompletionText");
        Assert.Equal(["budget_limit", "price_drop"], types);
        WaitUntil(() => GetAll<string>("(TabExpansion2 'Remove-PRAlert ').CompletionMatches.CompletionText").Contains(_price.Id));
    }
}
