using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Webhooks;

namespace PulseRun.Client.Webhooks;

/// <summary>Receives webhook deliveries on a loopback port. Each part of a request is bounded, because anything on this machine can send one.</summary>
internal sealed class WebhookListener : IWebhookListener
{
    /// <summary>The largest number of requests at the same time. Others wait in the queue of the operating system.</summary>
    private const int MaxConnections = 32;

    /// <summary>The largest amount of a refused body that is read and dropped, so that its sender can read the answer.</summary>
    private const long MaxDrained = 512L << 20;

    private static readonly TimeSpan s_requestLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lastAnswers = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener;
    private readonly DeliveryReader _deliveries;
    private readonly SemaphoreSlim _slots = new(MaxConnections);
    private readonly TaskCompletionSource<bool> _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebhookListener(TcpListener listener, WebhookListenerOptions options)
    {
        _listener = listener;
        _deliveries = new DeliveryReader(options);
        Address = new Uri("http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture) + "/");
    }

    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port cannot be used.</exception>
    public static WebhookListener Open(WebhookListenerOptions options)
    {
        var listener = new TcpListener(IPAddress.Loopback, options.Port);
        try
        {
            listener.Start();
        }
        catch (SocketException error)
        {
            listener.Stop();
            string why = error.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program uses it" : error.Message;
            throw new IOException("Port " + options.Port.ToString(CultureInfo.InvariantCulture) + " of 127.0.0.1 cannot be used: " + why.TrimEnd('.') + ".", error);
        }
        return new WebhookListener(listener, options);
    }

    public async Task RunAsync(Action<WebhookEvent> received, Action<string> refused, CancellationToken cancel)
    {
        var running = new HashSet<Task>();
        using (cancel.Register(() => _full.TrySetCanceled(cancel)))
        {
            var accepting = AcceptAsync(received, refused, running);
            try
            {
#pragma warning disable VSTHRD003 // Both tasks belong to this listener and never need this context.
                await await Task.WhenAny(_full.Task, accepting);
#pragma warning restore VSTHRD003
            }
            finally
            {
                _listener.Stop();
                Task[] left;
                lock (running)
                    left = [.. running];
                // The senders of the last events wait for their answers.
                await Task.WhenAny(Task.WhenAll(left), Task.Delay(s_lastAnswers, CancellationToken.None));
            }
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _slots.Dispose();
        _deliveries.Dispose();
    }

    private async Task AcceptAsync(Action<WebhookEvent> received, Action<string> refused, HashSet<Task> running)
    {
        while (!_full.Task.IsCompleted)
        {
            await _slots.WaitAsync();
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                if (_full.Task.IsCompleted)
                    return;
                // A connection that broke before it was accepted ends only itself.
                _slots.Release();
                continue;
            }
            var serving = Task.Run(() => ServeAsync(client, received, refused));
            lock (running)
            {
                running.RemoveWhere(static task => task.IsCompleted);
                running.Add(serving);
            }
        }
    }

    private async Task ServeAsync(TcpClient client, Action<WebhookEvent> received, Action<string> refused)
    {
        // Closing the connection ends pending reads; .NET Framework cannot cancel them.
        using var limit = new CancellationTokenSource(s_requestLimit);
        try
        {
            using (client)
            using (limit.Token.Register(client.Close))
            {
                var stream = client.GetStream();
                var request = new DeliveryRequest(stream);
                int status = await request.ReadAsync();
                if (status == 0)
                    return;
                if (status == 200)
                    status = _deliveries.Accept(request, received, refused);
                else
                    refused("A delivery was refused with status " + status.ToString(CultureInfo.InvariantCulture) + ": " + request.Problem + ".");
                await AnswerAsync(stream, status);
                if (!request.IsWhole)
                    await DrainAsync(client, stream);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The sender disconnected or took too long, or the listener ends. The sender delivers the event again.
        }
        finally
        {
            try
            {
                _slots.Release();
            }
            catch (ObjectDisposedException)
            {
                // The listener has ended.
            }
            if (_deliveries.IsFull)
                _full.TrySetResult(true);
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, int status)
    {
        string reason = status switch { 200 => "OK", 401 => "Unauthorized", 405 => "Method Not Allowed", 411 => "Length Required", 413 => "Content Too Large", 431 => "Request Header Fields Too Large", 503 => "Service Unavailable", _ => "Bad Request" };
        string more = status == 405 ? "Allow: POST\r\n" : status == 503 ? "Retry-After: 60\r\n" : "";
        byte[] head = Encoding.ASCII.GetBytes("HTTP/1.1 " + status.ToString(CultureInfo.InvariantCulture) + " " + reason + "\r\n" + more + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(head, 0, head.Length);
        await stream.FlushAsync();
    }

    /// <summary>Reads and drops the rest of a refused request. Closing a connection with unread data would destroy the answer.</summary>
    private static async Task DrainAsync(TcpClient client, NetworkStream stream)
    {
        client.Client.Shutdown(SocketShutdown.Send);
        byte[] dropped = new byte[16 << 10];
        for (long total = 0; total < MaxDrained;)
        {
            int count = await stream.ReadAsync(dropped, 0, dropped.Length);
            if (count == 0)
                return;
            total += count;
        }
    }
}
