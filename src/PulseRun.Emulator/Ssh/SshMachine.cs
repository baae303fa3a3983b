using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PulseRun.Emulator.Ssh;

/// <summary>
/// Represents the ssh port and the home folder of one instance. The port is one of this process and passes each connection on to the common sshd.
/// A file that is named after the port of the passed connection tells the session which home folder to use.
/// </summary>
/// <param name="id">The instance's id.</param>
/// <param name="home">The home folder.</param>
/// <param name="ports">The folder for the files that are named after ports.</param>
/// <param name="server">The port of sshd.</param>
internal sealed class SshMachine(string id, string home, string ports, int server)
{
    private const int BufferSize = 256 * 1024;

    private readonly object _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private TcpListener? _listener;
    private int _port;

    public string Id { get; } = id;

    public string Home { get; } = home;

    /// <summary>Opens the port if it is closed, and returns it. An instance that is started again gets its former port if that is free.</summary>
    public int Open()
    {
        lock (_lock)
        {
            if (_listener is not null)
                return _port;
            TcpListener listener = Listen(_port);
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
            _listener = listener;
            _ = AcceptAsync(listener);
            return _port;
        }
    }

    /// <summary>Closes the port and cuts all connections. Returns true when the port was open.</summary>
    public bool Close()
    {
        lock (_lock)
        {
            bool wasOpen = _listener is not null;
            _listener?.Stop();
            _listener = null;
            Cut();
            return wasOpen;
        }
    }

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        Socket[] sockets;
        lock (_lock)
            sockets = [.. _sockets];
        foreach (Socket socket in sockets)
            socket.Dispose();
    }

    private static TcpListener Listen(int port)
    {
        try
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return listener;
        }
        catch (SocketException) when (port != 0)
        {
            return Listen(0);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }
            _ = Task.Run(() => PassAsync(client));
        }
    }

    private async Task PassAsync(Socket client)
    {
        var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        string? file = null;
        lock (_lock)
        {
            _sockets.Add(client);
            _sockets.Add(upstream);
        }
        try
        {
            client.NoDelay = upstream.NoDelay = true;
            upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            file = Path.Combine(ports, ((IPEndPoint)upstream.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
            NameHome(file);
            await upstream.ConnectAsync(IPAddress.Loopback, server).ConfigureAwait(false);
            await Task.WhenAll(CopyAsync(client, upstream), CopyAsync(upstream, client)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // Either end was closed, or the instance was stopped.
        }
        finally
        {
            lock (_lock)
            {
                _sockets.Remove(client);
                _sockets.Remove(upstream);
            }
            client.Dispose();
            upstream.Dispose();
            if (file is not null)
                File.Delete(file);
        }
    }

    private void NameHome(string file) => File.WriteAllText(file, Home);

    private static async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            using var input = new NetworkStream(from);
            using var output = new NetworkStream(to);
            await input.CopyToAsync(output, BufferSize).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // A broken direction ends the other one, which would otherwise wait for it.
            from.Dispose();
            to.Dispose();
            throw;
        }
    }
}
