using System.Net.Sockets;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class StopEmulatorTests : CmdletTests
{
    private readonly Emulator _one;
    private readonly Emulator _two;

    public StopEmulatorTests()
    {
        _one = Get<Emulator>("($one = Start-PREmulator)");
        _two = Get<Emulator>("($two = Start-PREmulator)");
    }

    private static bool IsOpen(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [Fact]
    public void It_closes_the_one_it_is_given_and_no_other()
    {
        int port = _one.Port;
        Assert.Empty(Do("$one | Stop-PREmulator").All);
        Assert.False(IsOpen(port));
        Assert.True(IsOpen(_two.Port));
    }

    [Fact]
    public void It_closes_all_of_them_when_none_is_named()
    {
        int[] ports = [_one.Port, _two.Port];
        Do("Stop-PREmulator");
        Assert.All(ports, port => Assert.False(IsOpen(port)));
    }

    [Fact]
    public void It_may_be_repeated() => Assert.Empty(Run("Stop-PREmulator $one; Stop-PREmulator $one; Stop-PREmulator").All);

    [Theory]
    [InlineData("Stop-PREmulator -InputObject $null")]
    [InlineData("$null | Stop-PREmulator")]
    [InlineData("Stop-PREmulator -InputObject @()")]
    public void It_closes_none_when_a_variable_is_empty(string script)
    {
        Run(script);
        Assert.True(IsOpen(_one.Port));
        Assert.True(IsOpen(_two.Port));
    }
}
