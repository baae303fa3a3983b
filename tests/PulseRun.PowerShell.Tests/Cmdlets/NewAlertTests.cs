using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class NewAlertTests : CmdletTests
{
    public NewAlertTests() => StartEmulator();

    [Fact]
    public void A_price_alert_costs_one_request()
    {
        Alert alert = Get<Alert>("New-PRAlert -Gpu a100_80gb -PriceBelow 0.80");
        Assert.Equal(("price_drop", "a100_80gb", 0.80m, null, false), (alert.Type, alert.Gpu, alert.PriceBelow, alert.SpendAbove, alert.Triggered));
        Assert.Equal(["POST /v1/alerts"], Sent);
    }

    [Fact]
    public void A_budget_alert_has_an_amount()
    {
        Alert alert = Get<Alert>("New-PRAlert -SpendAbove 50");
        Assert.Equal(("budget_limit", null, 50m), (alert.Type, alert.Gpu, alert.SpendAbove));
    }

    [Fact]
    public void WhatIf_sends_nothing() => Assert.Empty(SentBy("New-PRAlert -Gpu a100_80gb -PriceBelow 0.80 -WhatIf"));

    [Theory]
    [InlineData("New-PRAlert -Gpu a100_80gb -PriceBelow 0")]
    [InlineData("New-PRAlert -Gpu a100_80gb -PriceBelow -1")]
    [InlineData("New-PRAlert -Gpu ' ' -PriceBelow 1")]
    [InlineData("New-PRAlert -SpendAbove 0")]
    public void A_wrong_value_is_refused_before_it_is_sent(string script)
    {
        Assert.Equal(["InvalidRequest"], Run(script).ErrorIds);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_server_without_alerts_is_feature_unavailable()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "/v1/alerts*", Status = 404, Text = "Not Found" });
        Outcome done = Run("New-PRAlert -SpendAbove 50; Get-PRAlert; Remove-PRAlert x");
        Assert.Equal(["FeatureUnavailable", "FeatureUnavailable", "FeatureUnavailable"], done.ErrorIds);
    }

    private string[] SentBy(string script)
    {
        Do(script);
        return Sent;
    }
}
