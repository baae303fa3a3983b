using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Serves exact bytes on a socket, and closes the connection where the test requires it.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly object _lock = new();
    private readonly List<string> _requests = [];

    public RawServer()
    {
        _listener.Start();
        Address = "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/";
        _ = AcceptAsync();
    }

    public string Address { get; }

    public CancellationToken Stopped => _stop.Token;

    /// <summary>Answers the nth request, counted from 1, one for each connection.</summary>
    public Func<int, Peer, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return _requests.ToArray();
        }
    }

    public static string Json(string body) =>
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " + Encoding.UTF8.GetByteCount(body) + "\r\n\r\n" + body;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
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
        using (client)
        {
            try
            {
                string request = await ReadAsync(client.GetStream());
                int count;
                lock (_lock)
                {
                    _requests.Add(request);
                    count = _requests.Count;
                }
                await Answer(count, new Peer(client));
            }
            catch (Exception exception) when (exception is System.IO.IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The client disconnected, or the test is over.
            }
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) < 0)
        {
            int count = await stream.ReadAsync(buffer, 0, buffer.Length);
            // The end of the data, or the beginning of a TLS handshake, which this server does not support.
            if (count == 0 || (text.Length == 0 && buffer[0] == 0x16))
                break;
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        return text.ToString();
    }

    internal sealed class Peer(TcpClient client)
    {
        public async Task SendAsync(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            await client.GetStream().WriteAsync(bytes, 0, bytes.Length);
        }

        /// <summary>Closes the connection.</summary>
        public void Cut()
        {
            client.Client.Shutdown(SocketShutdown.Both);
            client.Close();
        }
    }
}
