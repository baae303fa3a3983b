using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class CloseTunnelTests : SshTests
{
    [SshdFact]
    public void It_closes_what_is_named_and_without_a_name_all()
    {
        StartSsh();
        Tunnel[] tunnels = GetAll<Tunnel>("$running[0, 1] | Open-PRTunnel -RemotePort 1");
        Do("Close-PRTunnel -Id $running[1].Id");
        Assert.Equal([TunnelState.Open, TunnelState.Closed], tunnels.Select(static one => one.State));
        Do("$none = $null; Close-PRTunnel -InputObject $none");
        Assert.Equal(TunnelState.Open, tunnels[0].State);
        Do("Close-PRTunnel; Close-PRTunnel");
        Assert.Equal(TunnelState.Closed, tunnels[0].State);
        Assert.Empty(GetAll<Tunnel>("Get-PRTunnel"));
    }
}
