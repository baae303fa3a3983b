using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests tunnels to a service that greets, which stands for one on the instance: the emulated instances are on this machine.</summary>
public class OpenTunnelTests : SshTests
{
    private readonly TcpListener _service = new(IPAddress.Loopback, 0);

    private int Port => ((IPEndPoint)_service.LocalEndpoint).Port;

    [SshdFact]
    public void A_tunnel_reaches_the_instance_until_it_is_closed()
    {
        StartService();
        Tunnel tunnel = Get<Tunnel>($"Open-PRTunnel $one -RemotePort {Port}");
        Assert.Equal((One, Port, TunnelState.Open, null), (tunnel.Id, tunnel.RemotePort, tunnel.State, tunnel.LastError));
        Assert.Equal("hello", Greeting(tunnel.LocalPort));
        Assert.Same(tunnel, Get<Tunnel>("Get-PRTunnel"));
        Assert.Same(tunnel, Get<Tunnel>("Get-PRTunnel -Id $one.Id"));
        Assert.Empty(GetAll<Tunnel>("Get-PRTunnel -Id other"));
        Do("Get-PRTunnel | Close-PRTunnel");
        Assert.Equal(TunnelState.Closed, tunnel.State);
        Assert.Empty(GetAll<Tunnel>("Get-PRTunnel"));
        WaitUntil(() => Greeting(tunnel.LocalPort) is null);
    }

    [SshdFact]
    public void A_local_port_is_used_once()
    {
        StartService();
        int free = LocalPorts.Free();
        Assert.Equal(free, Get<Tunnel>($"Open-PRTunnel $one {Port} -LocalPort {free}").LocalPort);
        Outcome taken = Run($"Open-PRTunnel $one {Port} -LocalPort {free}");
        Assert.Equal(["SshFailed"], taken.ErrorIds);
        AssertLike("*in use*", taken.Errors[0].ToString());
        Assert.Equal(["InvalidRequest"], Run($"$running[0, 1] | Open-PRTunnel -RemotePort {Port} -LocalPort {LocalPorts.Free()}").ErrorIds);
        Assert.Equal(2, GetAll<Tunnel>($"$running[0, 1] | Open-PRTunnel -RemotePort {Port}").Length);
        Do("Close-PRTunnel");
        Assert.Empty(GetAll<Tunnel>("Get-PRTunnel"));
    }

    [SshdFact]
    public void A_lost_connection_closes_the_tunnel()
    {
        StartService();
        Tunnel tunnel = Get<Tunnel>($"Open-PRTunnel $one -RemotePort {Port}");
        Emulator.CutSsh(One);
        WaitUntil(() => tunnel.State == TunnelState.Closed);
        Assert.NotNull(tunnel.LastError);
        WaitUntil(() => Greeting(tunnel.LocalPort) is null);
    }

    [SshdFact]
    public void With_reconnect_it_opens_again_on_the_same_port_and_ends_with_the_instance()
    {
        StartService();
        Tunnel tunnel = Get<Tunnel>($"Open-PRTunnel $one -RemotePort {Port} -Reconnect");
        int port = tunnel.LocalPort;
        Emulator.CutSsh(One);
        WaitUntil(() => tunnel is { State: TunnelState.Open, Reconnects: 1 });
        Assert.Equal(port, tunnel.LocalPort);
        Assert.Equal("hello", Greeting(port));
        Do("$null = Stop-PRInstance $one");
        WaitUntil(() => tunnel.State == TunnelState.Closed);
        AssertLike("*stopped*", tunnel.LastError);
    }

    [SshdFact]
    public void The_client_listens_on_the_loopback_address_only()
    {
        StartService();
        Tunnel tunnel = Get<Tunnel>($"Open-PRTunnel $one -RemotePort {Port}");
        // /proc/net/tcp has local addresses as hexadecimal numbers; 0A is the state of a listener.
        string[] listeners = [.. File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 3 && words[3] == "0A" && words[1].EndsWith(":" + tunnel.LocalPort.ToString("X4", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)).Select(static words => words[1])];
        Assert.Equal("0100007F", Assert.Single(listeners).Split(':')[0]);
    }

    [SshdFact]
    public void WhatIf_opens_nothing_and_a_gateway_is_refused()
    {
        StartService();
        Do($"Open-PRTunnel $one -RemotePort {Port} -WhatIf");
        Assert.Empty(GetAll<Tunnel>("Get-PRTunnel"));
        Emulator.AddInstance(new Instance { Id = "inst_gateway", SshCommand = "ssh abc-123@ssh.runpod.io" });
        Assert.Equal(["FeatureUnavailable"], Run("Open-PRTunnel inst_gateway -RemotePort 80").ErrorIds);
    }

    [SshdFact]
    public void A_notebook_without_https_is_opened_through_a_tunnel()
    {
        StartService();
        string bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName, opened = Path.Combine(Folder, "opened");
        string opener = Path.Combine(bin, OperatingSystem.IsMacOS() ? "open" : "xdg-open");
        File.WriteAllText(opener, $"#!/bin/sh\nprintf '%s' \"$1\" > '{opened}.part'; mv '{opened}.part' '{opened}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(opener, (UnixFileMode)0x1ED);
        SetVariable("PATH", bin + ":" + Environment.GetEnvironmentVariable("PATH"));
        Instance instance = Emulator.AddInstance(new Instance { Id = "inst_http", SshCommand = Running[0].SshCommand, JupyterUrl = $"http://203.0.113.9:{Port}/lab?token=s3cret" });
        Do("Open-PRJupyter inst_http");
        WaitUntil(() => File.Exists(opened));
        Tunnel tunnel = Get<Tunnel>("Get-PRTunnel");
        Assert.Equal((instance.Id, Port), (tunnel.Id, tunnel.RemotePort));
        Assert.Equal($"http://127.0.0.1:{tunnel.LocalPort}/lab?token=s3cret", File.ReadAllText(opened));
        Do("Open-PRJupyter inst_http");
        Assert.Single(GetAll<Tunnel>("Get-PRTunnel"));
    }

    protected override void Dispose(bool disposing)
    {
        Shell.Run("Close-PRTunnel");
        _service.Dispose();
        base.Dispose(disposing);
    }

    private void StartService()
    {
        StartSsh();
        _service.Start();
        _ = GreetAsync();
    }

    private async Task GreetAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await _service.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("hello"));
            }
            catch (IOException)
            {
                // A client that was cut off gets no greeting; the next one does.
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Returns what the service at a port writes; null when nothing does.</summary>
    private static string? Greeting(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            using var reader = new StreamReader(client.GetStream());
            return reader.ReadToEnd() is { Length: > 0 } text ? text : null;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return null;
        }
    }
}
