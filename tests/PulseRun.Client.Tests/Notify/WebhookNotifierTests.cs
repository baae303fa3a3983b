using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;
using PulseRun.Client.Notify;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Notify;
using Xunit;

namespace PulseRun.Client.Tests.Notify;

public class WebhookNotifierTests
{
    private const string Secret = "https://hooks.secret-host.test/T0000/B0000/XXXXsecretXXXX?code=alsosecret";

    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CleanupEvent s_warning = new(CleanupEventKind.Warning, new Instance { Id = "inst_1", Gpu = "h100_80gb", Provider = "a <b> & [c](d)", Region = "eu-west", CostPerHour = 2.5m })
    {
        IdleSince = s_noon.AddMinutes(-20),
        StopAt = s_noon.AddMinutes(10),
        Time = s_noon,
    };

    private readonly FakeTimeProvider _time = new(s_noon);
    private readonly Observer _observer = new();

    private Task SendAsync(HttpMessageHandler handler, NotifyFormat format = NotifyFormat.Json, CancellationToken cancel = default) =>
        new WebhookNotifier(new Uri(Secret), format, handler, _time).SendAsync(Notice.Of(s_warning), "key-1", _observer, cancel);

    private async Task<PulseRunException> FailAsync(HttpMessageHandler handler, NotifyFormat format = NotifyFormat.Json)
    {
        Task sending = SendAsync(handler, format);
        while (!sending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(sending, Task.Delay(5));
        }
        PulseRunException error = await Assert.ThrowsAsync<PulseRunException>(() => sending);
        Assert.Equal(ErrorIds.NotificationFailed, error.ErrorId);
        foreach (string text in _observer.All.Append(error.ToString()))
        {
            foreach (string part in new[] { "secret", "T0000", "B0000", "XXXX", "hooks." })
                Assert.DoesNotContain(part, text, StringComparison.OrdinalIgnoreCase);
        }
        return error;
    }

    private static JsonElement Body(Stub stub) => JsonDocument.Parse(stub.Requests[0].Body!).RootElement;

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task A2xx_IsDelivered_ByOneRequest(int status)
    {
        var stub = new Stub(() => Stub.Answer(status));
        await SendAsync(stub);
        Assert.Equal("POST /T0000/B0000/XXXXsecretXXXX?code=alsosecret", Assert.Single(stub.Requests).ToString());
        Assert.Equal("key-1", stub.Requests[0].Intent);
        Assert.Null(stub.Requests[0].Authorization);
        Assert.DoesNotContain(_observer.All, static line => line.Contains("secret"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    public async Task AnotherAnswer_IsAFailure_AndIsNotRepeated(int status)
    {
        var stub = new Stub(() =>
        {
            HttpResponseMessage answer = Stub.Answer(status);
            answer.Headers.Location = new Uri("https://elsewhere.test/");
            return answer;
        });
        Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), (await FailAsync(stub)).Message);
        Assert.Equal(1, stub.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A5xx_IsRepeatedOnce_WithTheSameKey(int status)
    {
        var stub = new Stub(() => Stub.Answer(status));
        await FailAsync(stub);
        Assert.Equal(["key-1", "key-1"], stub.Requests.Select(static request => request.Intent));
    }

    [Fact]
    public async Task A5xx_ThenA2xx_IsDelivered()
    {
        var stub = new Stub(() => Stub.Answer(502), () => Stub.Answer(200));
        Task sending = SendAsync(stub);
        while (!sending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(sending, Task.Delay(5));
        }
        await sending;
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task AHangingReceiver_FailsAfterTwoTimeouts()
    {
        Stub stub = Stub.Hanging();
        DateTimeOffset start = _time.GetUtcNow();
        Assert.Contains("10 s", (await FailAsync(stub)).Message);
        Assert.Equal(2, stub.Count);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(21), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task AHandlerThatIgnoresCancellation_StillEndsInTime()
    {
        var stub = new Stub(static (_, _, _) => new TaskCompletionSource<HttpResponseMessage>().Task);
        await FailAsync(stub);
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Cancelling_IsNoFailure()
    {
        Stub stub = Stub.Hanging();
        using var cancel = new CancellationTokenSource();
        Task sending = SendAsync(stub, cancel: cancel.Token);
        await stub.ArrivedAsync();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task AFailureOfTheConnection_DoesNotShowTheHost()
    {
        var stub = new Stub(static (_, _, _) => throw new HttpRequestException("Connection refused (hooks.secret-host.test:443)", new System.Net.Sockets.SocketException(111)));
        Assert.Contains("cannot be reached", (await FailAsync(stub)).Message);
        Assert.Equal(1, stub.Count);
        var untrusted = new Stub(static (_, _, _) => throw new HttpRequestException("no", new UntrustedServerException("RemoteCertificateNameMismatch secret")));
        Assert.Contains("certificate", (await FailAsync(untrusted)).Message);
    }

    [Fact]
    public async Task Teams_A200ThatDescribesAFailure_IsAFailure()
    {
        await FailAsync(new Stub(static () => Stub.Answer(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429")), NotifyFormat.Teams);
        await SendAsync(new Stub(static () => Stub.Answer(200, "1")), NotifyFormat.Teams);
    }

    [Fact]
    public async Task Json_HasTheDocumentedProperties()
    {
        var stub = new Stub(() => Stub.Answer(200));
        await SendAsync(stub);
        JsonElement body = Body(stub);
        Assert.Equal(
            ["version", "event", "id", "name", "reason", "expiresAt", "launchedBy", "gpu", "provider", "region", "costPerHour", "idleSince", "idleSeconds", "stopAt", "savedPerHour", "time", "message"],
            body.EnumerateObject().Select(static property => property.Name));
        Assert.Equal((1, "warning", "inst_1"), (body.GetProperty("version").GetInt32(), body.GetProperty("event").GetString(), body.GetProperty("id").GetString()));
        Assert.Equal(JsonValueKind.Null, body.GetProperty("launchedBy").ValueKind);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("savedPerHour").ValueKind);
        Assert.Equal(2.5m, body.GetProperty("costPerHour").GetDecimal());
        Assert.Equal(1200, body.GetProperty("idleSeconds").GetInt32());
        Assert.Equal("2026-03-01T12:10:00.000Z", body.GetProperty("stopAt").GetString());
    }

    [Fact]
    public async Task Slack_EscapesWhatItWouldInterpret()
    {
        var stub = new Stub(() => Stub.Answer(200));
        await SendAsync(stub, NotifyFormat.Slack);
        string text = Body(stub).GetProperty("text").GetString()!;
        Assert.Contains("a &lt;b&gt; &amp; [c](d)", text);
        Assert.Contains("2026-03-01 12:10:00 UTC", text);
        Assert.Contains(text, Body(stub).GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Teams_IsAnAdaptiveCard_WithoutLinksOfTheServer()
    {
        var stub = new Stub(() => Stub.Answer(200));
        await SendAsync(stub, NotifyFormat.Teams);
        JsonElement card = Body(stub).GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", card.GetProperty("contentType").GetString());
        Assert.Equal("AdaptiveCard", card.GetProperty("content").GetProperty("type").GetString());
        Assert.DoesNotContain("](", stub.Requests[0].Body);
        IEnumerable<string?> titles = card.GetProperty("content").GetProperty("body")[1].GetProperty("facts").EnumerateArray().Select(static fact => fact.GetProperty("title").GetString());
        Assert.Equal(["Instance", "GPU", "Provider", "Price", "Idle since", "Stop at"], titles);
    }

    [Fact]
    public async Task ARealRedirect_IsNotFollowed()
    {
        using var elsewhere = new RawServer();
        using var server = new RawServer { Answer = (_, peer) => peer.SendAsync("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.Address + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") };
        var address = new Uri(server.Address + "hook");
        var notifier = new WebhookNotifier(address, NotifyFormat.Json, Transport.For(address), TimeProvider.System);
        PulseRunException error = await Assert.ThrowsAsync<PulseRunException>(() => notifier.SendAsync(Notice.Of(s_warning), "key", _observer, default));
        Assert.Contains("302", error.Message);
        Assert.Empty(elsewhere.Requests);
        Assert.StartsWith("POST /hook HTTP/1.1", Assert.Single(server.Requests), StringComparison.Ordinal);
    }
}
