using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator;

/// <summary>Serves requests on 127.0.0.1, from this process and others.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly Cloud _cloud;
    private readonly HttpListener _listener;
    private readonly string _origin;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<HttpListenerContext, bool> _open = new();

    private LoopbackServer(Cloud cloud, HttpListener listener, Uri address)
    {
        _cloud = cloud;
        _listener = listener;
        _origin = address.GetLeftPart(UriPartial.Authority);
        Address = address;
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    /// <summary>Starts to listen at a port; 0 selects a free one.</summary>
    public static LoopbackServer Open(Cloud cloud, int port)
    {
        // A listener cannot select a free port itself. Find one first, and try again if another process took it.
        for (int attempt = 1; ; attempt++)
        {
            var address = new Uri("http://127.0.0.1:" + (port == 0 ? FreePort() : port).ToString(CultureInfo.InvariantCulture) + "/");
            var listener = new HttpListener();
            listener.Prefixes.Add(address.AbsoluteUri);
            try
            {
                listener.Start();
                return new LoopbackServer(cloud, listener, address);
            }
            catch (Exception exception) when (exception is HttpListenerException or SocketException)
            {
                listener.Close();
                if (port != 0 || attempt == 5)
                    throw new IOException("The emulator cannot listen at " + address + ": " + exception.Message, exception);
            }
        }
    }

    public void Dispose()
    {
        // Close pending connections first; closing the listener would answer them with an empty 200.
        foreach (HttpListenerContext context in _open.Keys)
            Cut(context);
        // Cancel without disposing: pending requests still hold the token.
        _closing.Cancel();
        _listener.Close();
    }

    private static int FreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return port;
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (IsGone(exception))
            {
                // A broken connection ends only its request; a closed listener ends the loop.
                if (!_listener.IsListening)
                    return;
                continue;
            }
            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        _open.TryAdd(context, true);
        try
        {
            IncomingRequest request = await ReadAsync(context.Request);
            Reply reply = await _cloud.AnswerAsync(request, _closing.Token);
            await SendAsync(context, reply, isHead: request.Method == "HEAD");
        }
        catch (Exception exception) when (IsGone(exception) || exception is OperationCanceledException)
        {
            // The client disconnected or the emulator is closing, so there is no receiver for an error.
            Cut(context);
        }
        finally
        {
            _open.TryRemove(context, out _);
        }
    }

    private async Task<IncomingRequest> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[8192];
        int read = 1;
        while (request.HasEntityBody && read > 0 && body.Length <= IncomingRequest.MaxBody)
        {
            read = await request.InputStream.ReadAsync(buffer, 0, buffer.Length, _closing.Token);
            await body.WriteAsync(buffer, 0, read, _closing.Token);
        }
        return new IncomingRequest
        {
            Method = request.HttpMethod,
            RawUrl = request.RawUrl ?? "",
            Origin = _origin,
            Authorization = request.Headers["Authorization"],
            IdempotencyKey = request.Headers["Idempotency-Key"],
            ContentType = request.ContentType,
            Body = body.ToArray(),
        };
    }

    private async Task SendAsync(HttpListenerContext context, Reply reply, bool isHead)
    {
        HttpListenerResponse response = context.Response;
        if (reply.Delivery == Delivery.Hang)
            await Task.Delay(Timeout.Infinite, _closing.Token);
        if (reply.Delivery == Delivery.Cut)
        {
            Cut(context);
            return;
        }
        byte[] bytes = isHead ? [] : reply.Bytes();
        response.StatusCode = reply.Status;
        foreach (KeyValuePair<string, string> header in reply.Headers)
            response.Headers[header.Key] = header.Value;
        if (bytes.Length > 0)
            response.ContentType = reply.ContentType;
        if (reply.Delivery == Delivery.Endless)
            response.SendChunked = true;
        else
            response.ContentLength64 = bytes.Length;

        bool whole = reply.Delivery is Delivery.Whole or Delivery.Endless;
        await response.OutputStream.WriteAsync(bytes, 0, whole ? bytes.Length : bytes.Length / 2, _closing.Token);
        await response.OutputStream.FlushAsync(_closing.Token);
        if (reply.Delivery == Delivery.Stalled)
            await Task.Delay(Timeout.Infinite, _closing.Token);
        byte[] repeat = Encoding.UTF8.GetBytes(reply.Repeat);
        while (reply.Delivery == Delivery.Endless)
            await response.OutputStream.WriteAsync(repeat, 0, repeat.Length, _closing.Token);
        if (whole)
            response.Close();
        else
            Cut(context);
    }

    /// <summary>Closes the connection without an answer.</summary>
    private static void Cut(HttpListenerContext context)
    {
        ConnectionSocket.Find(context)?.Close(0);
        try
        {
            context.Response.Abort();
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // The connection is closed already.
        }
    }

    private static bool IsGone(Exception exception) =>
        exception is HttpListenerException or IOException or SocketException or ObjectDisposedException or InvalidOperationException;
}
