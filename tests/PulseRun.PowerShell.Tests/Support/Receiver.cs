using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Receives notifications on a loopback port.</summary>
public sealed class Receiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<JsonElement> _events = [];
    private readonly List<string> _requests = [];
    private int _accepted;

    public Receiver()
    {
        _listener.Start();
        Address = "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/hook/SECRETPATH?token=SECRETTOKEN";
        _ = AcceptAsync();
    }

    /// <summary>Gets the address, which is a secret.</summary>
    public string Address { get; }

    /// <summary>Gets or sets the status of the answers; 0 never answers.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Gets the number of requests that were answered with 200.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Gets the bodies of the requests.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_events)
                return _events.ToArray();
        }
    }

    /// <summary>Gets the headers of the requests.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_events)
                return _requests.ToArray();
        }
    }

    /// <summary>Gets the events, as "event id".</summary>
    public IEnumerable<string> Names
    {
        get
        {
            foreach (JsonElement one in Events)
                yield return one.GetProperty("event").GetString() + " " + one.GetProperty("id").GetString();
        }
    }

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
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
                NetworkStream stream = client.GetStream();
                byte[] bytes = new byte[65_536];
                int length = 0, headers = -1, total = int.MaxValue;
                while (length < total)
                {
                    int got = await stream.ReadAsync(bytes.AsMemory(length));
                    if (got == 0)
                        return;
                    length += got;
                    string text = Encoding.UTF8.GetString(bytes, 0, length);
                    headers = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                    if (headers < 0)
                        continue;
                    int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + 16;
                    total = headers + 4 + int.Parse(text[at..text.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
                }
                // Chosen before the request is seen, so that a test that then sets another status sets it for the next one.
                int status = Status;
                lock (_events)
                {
                    _requests.Add(Encoding.UTF8.GetString(bytes, 0, headers));
                    _events.Add(JsonDocument.Parse(bytes.AsMemory(headers + 4, total - headers - 4)).RootElement);
                }
                if (status == 0)
                {
                    // Until the client gives up.
                    _ = await stream.ReadAsync(bytes.AsMemory(0, 1));
                    return;
                }
                if (status == 200)
                    Interlocked.Increment(ref _accepted);
                string answer = "HTTP/1.1 " + status + " X\r\nLocation: " + Address + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
            {
                // The client disconnected, or the test is over.
            }
        }
    }
}
