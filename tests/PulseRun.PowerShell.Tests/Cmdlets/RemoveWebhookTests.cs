using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class RemoveWebhookTests : CmdletTests
{
    public RemoveWebhookTests()
    {
        StartEmulator();
        Do("1..2 | ForEach-Object { New-PRWebhook https://example.com/$_ -Event balance.low } | Out-Null");
        Emulator.ClearRequests();
    }

    [Fact]
    public void Objects_and_ids_are_removed_and_WhatIf_sends_nothing()
    {
        Do("$all = Get-PRWebhook; $all | Remove-PRWebhook -WhatIf");
        Assert.Equal(["GET /v1/webhooks"], Sent);
        Do("$all[0] | Remove-PRWebhook; Remove-PRWebhook $all[1].Id");
        Assert.Empty(Do("Get-PRWebhook").Output);
        Assert.Equal(["WebhookNotFound"], Run("Remove-PRWebhook none").ErrorIds);
    }

    [Fact]
    public void An_object_of_another_connection_is_not_removed_with_this_one()
    {
        Do("$all = Get-PRWebhook");
        Emulator first = Emulator;
        StartEmulator();
        Assert.Equal(["ContextMismatch", "ContextMismatch"], Run("$all | Remove-PRWebhook -Context (Get-PRContext)").ErrorIds);
        Do("$all | Remove-PRWebhook");
        Assert.Empty(Sent);
        Assert.Equal(3, SentTo(first).Length);
    }
}
