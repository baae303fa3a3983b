using System.Linq;
using System.Security;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class NewWebhookTests : CmdletTests
{
    public NewWebhookTests() => StartEmulator();

    [Fact]
    public void It_costs_one_request_and_returns_the_secret_once()
    {
        Webhook made = Get<Webhook>("New-PRWebhook https://example.com/hook -Event instance.started, balance.low");
        Assert.Equal("https://example.com/hook", made.Uri);
        Assert.Equal(["instance.started", "balance.low"], made.Events);
        Assert.True(made.Enabled);
        Assert.IsType<SecureString>(made.Secret);
        Assert.Equal(["POST /v1/webhooks"], Sent);
        Assert.Null(Get<Webhook>("Get-PRWebhook").Secret);
    }

    [Fact]
    public void An_unknown_event_is_a_warning_and_is_sent_as_it_is()
    {
        Outcome done = Run("New-PRWebhook https://example.com/ -Event Node.Rebooted, balance.low");
        AssertLike("*Node.Rebooted*instance.started*", Assert.Single(done.Warnings));
        Assert.Equal(["Node.Rebooted", "balance.low"], done.As<Webhook>().Single().Events);
    }

    [Theory]
    [InlineData("New-PRWebhook http://example.com/ -Event balance.low")]
    [InlineData("New-PRWebhook example.com -Event balance.low")]
    [InlineData("New-PRWebhook https://user:pass@example.com/ -Event balance.low")]
    [InlineData("New-PRWebhook https://example.com/")]
    [InlineData("New-PRWebhook https://example.com/ -Event ' '")]
    [InlineData("New-PRWebhook https://example.com/ -Event balance.low -Secret whsec_CANARYCANARY")]
    public void A_wrong_value_is_refused_before_it_is_sent(string script)
    {
        Outcome done = Run(script);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.DoesNotContain("CANARY", done.Errors[0].Exception.Message);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_secret_is_used_and_never_shown()
    {
        Outcome done = Run("$s = ConvertTo-SecureString whsec_Q0FOQVJZQ0FOQVJZQ0FOQVJZ -AsPlainText -Force; New-PRWebhook http://127.0.0.1:1/ -Event balance.low -Secret $s -Verbose -Debug | Tee-Object -Variable w; $w | Format-List | Out-String; $w | ConvertTo-Json -Depth 3");
        Assert.Empty(done.ErrorIds);
        Assert.DoesNotContain("Q0FOQVJZ", string.Join("\n", done.All.Concat(Shell.Host.Lines)));
    }

    [Fact]
    public void A_server_without_webhooks_is_feature_unavailable()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "/v1/webhooks*", Status = 404, Text = "Not Found" });
        Outcome done = Run("New-PRWebhook https://example.com/ -Event balance.low; Get-PRWebhook; Remove-PRWebhook x; Set-PRWebhook x -Enabled");
        Assert.Equal(Enumerable.Repeat("FeatureUnavailable", 4), done.ErrorIds);
    }
}
