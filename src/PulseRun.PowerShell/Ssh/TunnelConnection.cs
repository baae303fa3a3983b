using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Keeps a tunnel open: one ssh client, and with -Reconnect another one when it ends. The client ends with this process, also if it is killed.</summary>
/// <param name="client">The ssh client.</param>
/// <param name="target">The instance.</param>
/// <param name="tunnel">The public object, which shows the state.</param>
/// <param name="reconnects">True to connect again.</param>
#pragma warning disable CA1001 // The watching thread uses the token after Close. A source without a timer owns nothing that must be released.
internal sealed class TunnelConnection(SshClient client, InstanceTarget target, Tunnel tunnel, bool reconnects)
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_openLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closing = new();
    private TunnelProcess? _process;

    /// <summary>Gets the public object.</summary>
    public Tunnel Tunnel => tunnel;

    /// <summary>Connects for the first time.</summary>
    /// <param name="instance">The instance as last read.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="PulseRunException">SshFailed: the connection failed, or the local port is taken.</exception>
    public async Task OpenAsync(Instance instance, CancellationToken cancel)
    {
        bool isAnyPort = tunnel.LocalPort == 0;
        for (int attempt = 1; ; attempt++)
        {
            if (isAnyPort)
                tunnel.LocalPort = FreePort();
            try
            {
                await ConnectAsync(instance, cancel).ConfigureAwait(false);
                break;
            }
            // Another program can take a free port before ssh does.
            catch (PulseRunException error) when (isAnyPort && attempt < 3 && error.Message.Contains("in use"))
            {
            }
        }
        _ = OutputReader.OnOwnThread(Watch);
    }

    /// <summary>Closes the tunnel. A second call does nothing.</summary>
    public void Close()
    {
        tunnel.Set(TunnelState.Closed);
        _closing.Cancel();
        Volatile.Read(ref _process)?.Dispose();
    }

    private async Task ConnectAsync(Instance instance, CancellationToken cancel)
    {
        SshTarget place = RemoteAccess.Channel(instance, target.Context.IsLocal);
        TunnelProcess process = client.OpenTunnel(instance.Id, place, tunnel.LocalPort, tunnel.RemotePort);
        try
        {
            var clock = Stopwatch.StartNew();
            while (!process.IsOpen)
            {
                if (process.Failure() is { } failure)
                    throw failure;
                if (clock.Elapsed > s_openLimit)
                    throw new PulseRunException(ErrorIds.SshFailed, "The tunnel to '" + instance.Id + "' did not open within " + s_openLimit.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture) + " s.");
                await Task.Delay(20, cancel).ConfigureAwait(false);
            }
        }
        catch
        {
            process.Dispose();
            throw;
        }
        Volatile.Write(ref _process, process);
        tunnel.Set(TunnelState.Open);
        if (_closing.IsCancellationRequested)
            process.Dispose();
    }

    /// <summary>Waits for the end of the connection, and connects again for as long as the instance runs.</summary>
    private void Watch()
    {
        TimeSpan pause = s_shortestPause;
        while (!_closing.IsCancellationRequested)
        {
            TunnelProcess process = _process!;
            process.WaitForExit();
            string why = process.Failure()?.Message ?? "The connection was closed.";
            process.Dispose();
            if (_closing.IsCancellationRequested)
                return;
            if (!reconnects)
            {
                tunnel.Set(TunnelState.Closed, why);
                return;
            }
            tunnel.Set(TunnelState.Reconnecting, why);
            while (!TryReconnect(ref why))
            {
                if (_closing.Token.WaitHandle.WaitOne(pause))
                    return;
                pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, s_longestPause.Ticks));
            }
            if (tunnel.State == TunnelState.Closed)
                return;
            pause = s_shortestPause;
        }
    }

    /// <summary>Tries to connect once. Returns true when the tunnel is open, or closed for good because the instance does not run.</summary>
    private bool TryReconnect(ref string why)
    {
        try
        {
#pragma warning disable VSTHRD002 // This is a dedicated thread.
            Instance now = target.Client.GetAsync(target.Id, new SilentObserver(), _closing.Token).GetAwaiter().GetResult();
            if (!InstanceStatus.Is(now.Status, InstanceStatus.Running))
            {
                tunnel.Set(TunnelState.Closed, "The instance is " + CleanText.Clean(now.Status ?? "in an unknown state", 40) + ".");
                return true;
            }
            ConnectAsync(now, _closing.Token).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            return true;
        }
        catch (PulseRunException error)
        {
            why = error.Message;
            bool isOver = error.ErrorId is ErrorIds.InstanceNotFound or ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.HostKeyRejected;
            tunnel.Set(isOver ? TunnelState.Closed : TunnelState.Reconnecting, why);
            return isOver;
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The tunnel or its connection was closed.
            tunnel.Set(TunnelState.Closed, why);
            return true;
        }
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
