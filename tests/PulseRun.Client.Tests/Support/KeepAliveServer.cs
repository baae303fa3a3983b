using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Serves kept connections on a socket. A function answers each request; null closes the connection without an answer after the request was read.</summary>
internal sealed class KeepAliveServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly object _lock = new();
    private readonly List<string> _requests = [];
    private readonly Func<string, int, string?> _answer;

    /// <param name="answer">Receives the first line of the request and the number of requests on this connection, including this one.</param>
    public KeepAliveServer(Func<string, int, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/";
        _ = Acceptor.ServeAsync(_listener, ServeAsync);
    }

    public string Address { get; }

    public int Connections { get; private set; }

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return _requests.ToArray();
        }
    }

    public static string Json(string body, string status = "200 OK") =>
        "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + Encoding.UTF8.GetByteCount(body) + "\r\n\r\n" + body;

    public void Dispose() => _listener.Stop();

    private async Task ServeAsync(TcpClient client)
    {
        Connections++;
        using (client)
        {
            var stream = client.GetStream();
            var text = new StringBuilder();
            byte[] buffer = new byte[8192];
            int served = 0;
            try
            {
                while (true)
                {
                    int end;
                    while ((end = EndOfRequest(text.ToString())) < 0)
                    {
                        int count = await stream.ReadAsync(buffer, 0, buffer.Length);
                        if (count == 0)
                            return;
                        text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                    }
                    string request = text.ToString(0, end);
                    text.Remove(0, end);
                    lock (_lock)
                        _requests.Add(request);
                    if (_answer(request.Substring(0, request.IndexOf('\r')), ++served) is not { } answer)
                        return;
                    byte[] bytes = Encoding.UTF8.GetBytes(answer);
                    await stream.WriteAsync(bytes, 0, bytes.Length);
                }
            }
            catch (Exception exception) when (exception is System.IO.IOException or ObjectDisposedException or SocketException)
            {
                // The client disconnected.
            }
        }
    }

    private static int EndOfRequest(string text)
    {
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return -1;
        int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        int length = at < 0 || at > head ? 0 : int.Parse(text.Substring(at + 16, text.IndexOf('\r', at) - at - 16));
        return text.Length >= head + 4 + length ? head + 4 + length : -1;
    }
}
