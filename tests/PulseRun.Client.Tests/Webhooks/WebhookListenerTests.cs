using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Webhooks;
using PulseRun.Core.Text;
using PulseRun.Core.Webhooks;
using Xunit;

namespace PulseRun.Client.Tests.Webhooks;

public sealed class WebhookListenerTests : IDisposable
{
    private const string Secret = "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
    private const string Body = """{"id":"evt_1","type":"instance.stopped","created_at":"2026-03-01T12:00:00Z","data":{"instance_id":"inst_1"}}""";

    private readonly ConcurrentQueue<WebhookEvent> _events = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(60));
    private readonly HttpClient _http = new(new HttpClientHandler { UseProxy = false });
    private WebhookListener? _listener;

    public void Dispose()
    {
        _stop.Cancel();
        _listener?.Dispose();
        _stop.Dispose();
        _http.Dispose();
    }

    [Theory]
    [InlineData(WebhookScheme.StandardWebhooks)]
    [InlineData(WebhookScheme.HmacHex)]
    [InlineData(WebhookScheme.HmacBase64)]
    public async Task ASignedDelivery_IsAnEvent_AndARepeatIsNot(WebhookScheme scheme)
    {
        _ = Listen(secret: Secret);
        Assert.Equal(200, await PostAsync(Body, Signed(scheme, Body, "evt_1")));
        Assert.Equal(200, await PostAsync(Body, Signed(scheme, Body, "evt_1")));
        Assert.Equal(401, await PostAsync(Body, Signed(scheme, Body + " ", "evt_1")));
        Assert.Equal(401, await PostAsync(Body, []));
        var received = Assert.Single(_events);
        Assert.Equal(("evt_1", "instance.stopped", "inst_1", true), (received.Id, received.Type, received.InstanceId, received.Verified));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), received.CreatedAt);
    }

    [Fact]
    public async Task ARepeatWithAnotherHeaderId_IsARepeat_WhenTheIdIsNotSigned()
    {
        _ = Listen(secret: Secret);
        var headers = Signed(WebhookScheme.HmacHex, Body, "x");
        Assert.Equal(200, await PostAsync(Body, headers));
        headers["webhook-id"] = "another";
        Assert.Equal(200, await PostAsync(Body, headers));
        Assert.Single(_events);
    }

    [Fact]
    public async Task OtherEvents_AreAcceptedAndDropped_AndAfterTheLastOneTheSenderIsToldToRepeat()
    {
        var running = Listen(events: ["balance.low"], max: 1);
        Assert.Equal(200, await PostAsync(Body, []));
        Assert.Equal(200, await PostAsync("""{"event":"balance.low","id":7}""", []));
        await running;
        Assert.Equal(("balance.low", "7", false), _events.Select(static one => (one.Type, one.Id, one.Verified)).Single());
    }

    [Fact]
    public async Task EventsWithoutAnId_AreNotTakenForRepeats()
    {
        _ = Listen();
        Assert.Equal(200, await PostAsync("""{"type":"balance.low"}""", []));
        Assert.Equal(200, await PostAsync("""{"type":"balance.low"}""", []));
        Assert.Equal(2, _events.Count);
    }

    [Theory]
    [InlineData("not json", 400)]
    [InlineData("[1]", 400)]
    [InlineData("", 400)]
    [InlineData("{\"a\":", 400)]
    public async Task ABodyThatIsNoObject_IsRefused(string body, int status)
    {
        _ = Listen();
        Assert.Equal(status, await PostAsync(body, []));
        Assert.Empty(_events);
        Assert.Equal(200, await PostAsync(Body, []));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\n\r\n", 411)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 104857600\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n bad: x\r\n\r\n", 400)]
    [InlineData("rubbish\r\n\r\n", 400)]
    public async Task ARequestThatIsNoDelivery_HasAClearStatus(string request, int status)
    {
        _ = Listen();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _listener!.Address.Port);
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        using var stream = client.GetStream();
        await stream.WriteAsync(bytes, 0, bytes.Length);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 " + status.ToString(CultureInfo.InvariantCulture) + " ", await reader.ReadToEndAsync());
        Assert.Empty(_events);
    }

    [Fact]
    public async Task ABodyOf100Megabytes_IsRefused_WithoutBeingKept()
    {
        _ = Listen();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using var content = new StreamContent(new Zeros(100L << 20), 1 << 16);
        content.Headers.ContentLength = 100L << 20;
        using var answer = await _http.PostAsync(_listener!.Address, content);
        Assert.Equal(413, (int)answer.StatusCode);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20L << 20);
        Assert.Equal(200, await PostAsync(Body, []));
    }

    [Fact]
    public async Task ChunkedDeliveries_AreRead()
    {
        _ = Listen(secret: Secret);
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Body)));
        using var request = new HttpRequestMessage(HttpMethod.Post, _listener!.Address) { Content = content };
        request.Headers.TransferEncodingChunked = true;
        foreach (var header in Signed(WebhookScheme.StandardWebhooks, Body, "evt_1"))
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var answer = await _http.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Single(_events);
    }

    [Fact]
    public void APortInUse_IsAClearError()
    {
        _ = Listen();
        var error = Assert.Throws<IOException>(() => WebhookListener.Open(new WebhookListenerOptions { Port = _listener!.Address.Port }));
        Assert.Contains(_listener!.Address.Port.ToString(CultureInfo.InvariantCulture), error.Message);
        Assert.Contains("another program", error.Message);
    }

    [Fact]
    public async Task ASenderThatHangs_HoldsUpNobody()
    {
        _ = Listen();
        var hanging = new List<TcpClient>();
        for (int i = 0; i < 10; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _listener!.Address.Port);
            hanging.Add(client);
        }
        Assert.Equal(200, await PostAsync(Body, []));
        foreach (var client in hanging)
            client.Dispose();
    }

    private Task Listen(string? secret = null, string[]? events = null, int? max = null)
    {
        _listener = WebhookListener.Open(new WebhookListenerOptions { Secret = secret is null ? null : SecretText.Of(secret), Events = events ?? [], MaxEvents = max });
        return _listener.RunAsync(_events.Enqueue, _refused.Enqueue, _stop.Token);
    }

    private async Task<int> PostAsync(string body, Dictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _listener!.Address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var answer = await _http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static Dictionary<string, string> Signed(WebhookScheme scheme, string body, string id)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        string now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (scheme == WebhookScheme.StandardWebhooks)
            return new() { ["webhook-id"] = id, ["webhook-timestamp"] = now, ["webhook-signature"] = WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), id, now, bytes) };
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret));
        byte[] hash = hmac.ComputeHash(bytes);
        return scheme == WebhookScheme.HmacHex
            ? new() { ["X-PulseRun-Signature"] = "sha256=" + string.Concat(hash.Select(static one => one.ToString("x2", CultureInfo.InvariantCulture))) }
            : new() { ["X-Signature"] = Convert.ToBase64String(hash) };
    }

    /// <summary>A stream of zeros.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int part = (int)Math.Min(count, _left);
            _left -= part;
            return part;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
