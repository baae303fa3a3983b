#if NET
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Serves https on a socket, one request for each connection. While it holds, it accepts connections and leaves their TLS handshake waiting.</summary>
internal sealed class SlowTlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = Certificates.SelfSigned("127.0.0.1");
    private readonly SemaphoreSlim _connected = new(0);
    private readonly SemaphoreSlim _disconnected = new(0);
    private readonly object _lock = new();
    private readonly List<string> _requests = [];
    private readonly string _body;
    private volatile TaskCompletionSource<bool> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isHolding;

    public SlowTlsServer(string body)
    {
        _body = body;
        _listener.Start();
        Address = "https://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/";
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>Gets the first lines of the requests whose head has arrived.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return _requests.ToArray();
        }
    }

    /// <summary>Makes the handshakes of further connections wait.</summary>
    public void Hold()
    {
        _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _isHolding = true;
    }

    /// <summary>Lets the waiting handshakes continue.</summary>
    public void Release()
    {
        _isHolding = false;
        _released.TrySetResult(true);
    }

    /// <summary>Waits until a connection is held.</summary>
    public Task ConnectedAsync() => WithinAsync(_connected);

    /// <summary>Waits until a held connection is closed.</summary>
    public Task DisconnectedAsync() => WithinAsync(_disconnected);

    public void Dispose()
    {
        Release();
        _listener.Stop();
        _certificate.Dispose();
    }

    private static async Task WithinAsync(SemaphoreSlim signal)
    {
        if (!await signal.WaitAsync(TimeSpan.FromSeconds(100)))
            throw new TimeoutException("The connection did not change within 30 s.");
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        bool isHeld = _isHolding;
        using (client)
        {
            try
            {
                if (isHeld)
                {
                    Task<bool> released = _released.Task;
                    _connected.Release();
                    await released;
                }
                using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                var text = new StringBuilder();
                byte[] buffer = new byte[8192];
                while (text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) < 0)
                {
                    int count = await stream.ReadAsync(buffer);
                    if (count == 0)
                        return;
                    text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }
                lock (_lock)
                    _requests.Add(text.ToString().Split('\r')[0]);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(RawServer.Json(_body)));
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client disconnected.
            }
            finally
            {
                if (isHeld)
                    _disconnected.Release();
            }
        }
    }
}
#endif
