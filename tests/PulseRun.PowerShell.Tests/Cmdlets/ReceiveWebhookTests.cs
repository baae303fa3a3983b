using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ReceiveWebhookTests : CmdletTests
{
    private readonly int _port = LocalPorts.Free();

    public ReceiveWebhookTests()
    {
        StartEmulator();
        Shell.Set("port", _port);
    }

    [Fact]
    public void It_returns_the_events_of_the_emulator_and_ends_after_the_last_one()
    {
        Do("$hook = New-PRWebhook \"http://127.0.0.1:$port/\" -Event instance.stopped, instance.terminated");
        Shell.Set("running", Running.First(static one => one.Provider != "lambda").Id);
        // The emulator repeats a delivery that was not received, so the order does not matter.
        Outcome done = Do("$running | Stop-PRInstance | Out-Null; Remove-PRInstance $running -Force | Out-Null; Receive-PRWebhook -Port $port -Secret $hook.Secret -MaxEvent 2 -TimeoutSec 60");
        WebhookEvent[] events = done.As<WebhookEvent>();
        Assert.Equal(["instance.stopped", "instance.terminated"], events.Select(static one => one.Type).Order());
        Assert.All(events, one => Assert.Equal((Shell.Run("$running").Output.Single(), true), (one.InstanceId, one.Verified)));
        Assert.Equal(2, events.Select(static one => one.Id).Distinct().Count());
        Assert.Empty(done.Warnings);
    }

    [Fact]
    public void It_streams_and_Ctrl_C_ends_it()
    {
        RunningScript running = Start("Receive-PRWebhook -Port " + _port);
        WaitUntil(() => CanConnect(_port));
        running.Stop();
        Assert.Empty(running.Errors);
        WaitUntil(() => !CanConnect(_port));
    }

    [Fact]
    public void It_ends_after_its_time_without_an_error_and_warns_without_a_secret()
    {
        Outcome done = Do("Receive-PRWebhook -Port 0 -TimeoutSec 1 -Verbose");
        Assert.Empty(done.Output);
        AssertLike("*not checked*", Assert.Single(done.Warnings));
        Assert.Contains(done.Verbose, static line => line.StartsWith("Listening at http://127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_in_use_is_a_clear_error()
    {
        var other = new TcpListener(IPAddress.Loopback, _port);
        other.Start();
        try
        {
            Outcome done = Run("Receive-PRWebhook -Port $port -TimeoutSec 5");
            Assert.Equal("InvalidRequest", done.EndedId);
            AssertLike("*Port " + _port + "*another program*", done.Ended!.Exception.Message);
        }
        finally
        {
            other.Stop();
        }
    }

    [Fact]
    public void The_example_stops_the_least_protected_first_after_it_has_read_the_balance()
    {
        StartEmulator(instances: 0);
        Shell.Set("script", System.IO.Path.Combine(StagedModule.Root, "examples", "Protect-Balance.ps1"));
        foreach ((string id, decimal cost) in new[] { ("inst_cheap", 0.5m), ("inst_kept", 2m), ("inst_costly", 1m) })
            Emulator.AddInstance(new Instance { Id = id, CostPerHour = cost });
        Do("Protect-PRInstance inst_kept -Reason training | Out-Null; $hook = New-PRWebhook http://127.0.0.1:$port/ -Event balance.low");
        // 4 dollars last 1.1 hours at 3.50 an hour, and 1.6 without the most expensive unprotected one.
        Emulator.SetBalance(4);
        Outcome done = Do("& $script -Port $port -Secret $hook.Secret -KeepFor 01:30 -MaxEvent 1 -TimeoutSec 60");
        Assert.Equal("inst_costly", Assert.Single(done.As<Instance>()).Id);
        Assert.Equal(["inst_cheap", "inst_kept"], Running.Select(static one => one.Id));
        // A late event changes nothing once there is credit again.
        Emulator.SetBalance(1000);
        Emulator.SetBalance(4.5m);
        Emulator.SetBalance(1000);
        Assert.Empty(Do("& $script -Port $port -Secret $hook.Secret -KeepFor 01:30 -MaxEvent 1 -TimeoutSec 60").Output);
        // Protected instances keep running, and a warning says that stopping the others is not enough.
        Emulator.SetBalance(1);
        Outcome last = Do("& $script -Port $port -Secret $hook.Secret -KeepFor 12:00 -MaxEvent 1 -TimeoutSec 60");
        Assert.Equal("inst_cheap", Assert.Single(last.As<Instance>()).Id);
        AssertLike("*protected*Add credit*", last.Warnings[^1]);
    }

    [Fact]
    public void An_unknown_event_is_a_warning() => Assert.Equal(2, Do("Receive-PRWebhook -Port 0 -TimeoutSec 1 -Event node.rebooted").Warnings.Count);

    private static bool CanConnect(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
