using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetTunnelTests : SshTests
{
    [SshdFact]
    public void It_filters_by_instance_and_sends_nothing()
    {
        StartSsh();
        Do("$null = $running[0, 1] | Open-PRTunnel -RemotePort 1");
        Assert.Equal(Running[1].Id, Get<Tunnel>("Get-PRTunnel $running[1].Id").Id);
        Assert.Equal(2, GetAll<Tunnel>("Get-PRTunnel inst_*").Length);
        Assert.Equal(2, GetAll<Tunnel>("$running[0, 1] | Get-PRTunnel").Length);
        Assert.Empty(Sent);
        Do("Close-PRTunnel");
    }
}
