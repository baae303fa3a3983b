using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class SetWebhookTests : CmdletTests
{
    public SetWebhookTests()
    {
        StartEmulator();
        Do("New-PRWebhook https://example.com/a -Event balance.low, instance.started | Out-Null; New-PRWebhook https://example.com/b -Event balance.low | Out-Null");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_changes_only_what_was_given_and_lists_once()
    {
        Webhook[] off = GetAll<Webhook>("Get-PRWebhook | Set-PRWebhook -Enabled:$false");
        Assert.Equal([("https://example.com/a", 2, false), ("https://example.com/b", 1, false)], System.Array.ConvertAll(off, static one => (one.Uri!, one.Events.Count, one.Enabled!.Value)));
        Assert.Equal(2, CountSent("GET *"));
        Assert.Equal(2, CountSent("PUT *"));
        Webhook moved = Get<Webhook>("$id = (Get-PRWebhook)[0].Id; Set-PRWebhook $id -Uri https://example.com/c -Event spot.preempted");
        Assert.Equal(("https://example.com/c", "spot.preempted", false), (moved.Uri, Assert.Single(moved.Events), moved.Enabled));
    }

    [Theory]
    [InlineData("Set-PRWebhook x", "InvalidRequest")]
    [InlineData("Set-PRWebhook x -Uri http://example.com", "InvalidRequest")]
    [InlineData("Set-PRWebhook none -Enabled", "WebhookNotFound")]
    public void A_wrong_change_is_not_sent(string script, string id)
    {
        Assert.Equal([id], Run(script).ErrorIds);
        Assert.Equal(0, CountSent("PUT *"));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Do("Get-PRWebhook | Set-PRWebhook -Enabled:$false -WhatIf");
        Assert.Equal(["GET /v1/webhooks"], Sent);
    }
}
