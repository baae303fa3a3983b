using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetWebhookTests : CmdletTests
{
    public GetWebhookTests()
    {
        StartEmulator();
        Do("New-PRWebhook https://example.com/a -Event balance.low | Out-Null; New-PRWebhook https://example.com/b -Event instance.started, spot.preempted | Out-Null");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_filters_by_id_and_event_for_one_list()
    {
        Assert.Equal(2, GetAll<Webhook>("Get-PRWebhook").Length);
        Assert.Equal("https://example.com/b", Get<Webhook>("Get-PRWebhook -Event spot.preempted").Uri);
        Assert.Equal("https://example.com/a", Get<Webhook>("$id = (Get-PRWebhook)[0].Id; Get-PRWebhook $id").Uri);
        Assert.Equal(["WebhookNotFound"], Run("Get-PRWebhook none").ErrorIds);
        Assert.All(Sent, static line => Assert.Equal("GET /v1/webhooks", line));
    }

    [Fact]
    public void Events_and_ids_are_completed()
    {
        Assert.Equal(
            ["balance.low", "instance.started", "instance.stopped", "instance.terminated", "migration.started", "spot.preempted"],
            GetAll<string>("(TabExpansion2 'New-PRWebhook https://example.com -Event ').CompletionMatches.CompletionText"));
        Assert.Equal(["spot.preempted"], GetAll<string>("(TabExpansion2 'Receive-PRWebhook -Event balance.low, sp').CompletionMatches.CompletionText"));
        WaitUntil(() => GetAll<string>("(TabExpansion2 'Set-PRWebhook ').CompletionMatches.CompletionText").Count(static id => id.StartsWith("wh_", System.StringComparison.Ordinal)) == 2);
    }
}
