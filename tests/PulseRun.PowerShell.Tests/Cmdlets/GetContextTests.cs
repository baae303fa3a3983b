using System;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetContextTests : CmdletTests
{
    [Fact]
    public void Without_a_connection_there_is_none() => Assert.Empty(Do("Get-PRContext").All);

    [Fact]
    public void It_returns_the_connection_and_sends_nothing()
    {
        StartEmulator();
        var context = Get<Context>("Get-PRContext");
        Assert.Equal(Emulator.BaseUri, context.BaseUri);
        Assert.Equal("emulator", context.Mode);
        Assert.Equal("Emulator", context.Source);
        Assert.Equal(TimeSpan.Zero, context.ConnectedAt.Offset);
        Assert.Empty(Sent);
    }

    [Fact]
    public void No_property_holds_the_key()
    {
        StartEmulator();
        Assert.DoesNotContain(Emulator.ApiKey, Get<string>("Get-PRContext | Format-List * -Force | Out-String"));
        Assert.DoesNotContain(Emulator.ApiKey, Get<string>("Get-PRContext | ConvertTo-Json -Depth 5"));
    }

    [Fact]
    public void Each_runspace_has_its_own()
    {
        StartEmulator();
        Assert.Empty(OtherShell().Run("Get-PRContext").Succeeded().All);
        Get<Context>("Get-PRContext");
    }
}
