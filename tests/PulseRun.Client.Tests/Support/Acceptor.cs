using System;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Accepts the connections of a test server.</summary>
internal static class Acceptor
{
    /// <summary>Serves each connection without waiting for it, until the listener is stopped.</summary>
    public static async Task ServeAsync(TcpListener listener, Func<TcpClient, Task> serve)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }
            _ = serve(client);
        }
    }
}
