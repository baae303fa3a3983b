#if NET
using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Passes connections on to a server, and cuts one when a client sends a given word: before the server gets it, or after the server has answered and before the client hears it.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly object _lock = new();
    private byte[]? _word;
    private bool _afterServer;

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Gets how often a connection was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Cuts the next connection that sends the word, once.</summary>
    public void CutAt(string word, bool afterServer)
    {
        lock (_lock)
            (_word, _afterServer) = (Encoding.ASCII.GetBytes(word), afterServer);
    }

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptTcpClientAsync().ConfigureAwait(false));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server).ConfigureAwait(false);
                NetworkStream near = client.GetStream(), far = server.GetStream();
                bool isCut = false;
                Task back = Task.Run(async () =>
                {
                    byte[] answer = new byte[65536];
                    for (int got; (got = await far.ReadAsync(answer).ConfigureAwait(false)) > 0;)
                    {
                        if (Volatile.Read(ref isCut))
                        {
                            client.Close();
                            return;
                        }
                        await near.WriteAsync(answer.AsMemory(0, got)).ConfigureAwait(false);
                    }
                });
                byte[] buffer = new byte[65536];
                for (int got; (got = await near.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
                {
                    bool cuts, after;
                    lock (_lock)
                    {
                        cuts = _word is not null && buffer.AsSpan(0, got).IndexOf(_word) >= 0;
                        after = _afterServer;
                        if (cuts)
                        {
                            _word = null;
                            Cuts++;
                        }
                    }
                    if (cuts && !after)
                        return;
                    if (cuts)
                        Volatile.Write(ref isCut, true);
                    await far.WriteAsync(buffer.AsMemory(0, got)).ConfigureAwait(false);
                }
                server.Close();
                await back.ConfigureAwait(false);
            }
            catch (Exception error) when (error is System.IO.IOException or SocketException or ObjectDisposedException)
            {
                // One side has ended.
            }
        }
    }
}
#endif
