using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public sealed class AttemptHandlerTests : IDisposable
{
    private const string Bearer = "Bearer " + Rig.Key;

    private readonly Stub _stub;
    private readonly Rig _rig;
    private readonly Redactor _redactor;
    private readonly AttemptHandler _handler;
    private Func<HttpResponseMessage> _answer = () => Stub.Json("{}");

    public AttemptHandlerTests()
    {
        _stub = new Stub(() => _answer());
        _rig = new Rig(_stub);
        _redactor = new Redactor(_rig.Context.Settings.Key);
        var clock = new ServerClock(() => _rig.Time.GetUtcNow(), _rig.Time, 1);
        _handler = new AttemptHandler(_rig.Context.BaseUri, _rig.Context.Settings.Key, _rig.Time, clock, _redactor, _stub);
    }

    public void Dispose()
    {
        _handler.Dispose();
        _redactor.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData("https://api.test/v1/x", true)]
    [InlineData("https://API.TEST:443/v1/x", true)]
    [InlineData("http://api.test/v1/x", false)]
    [InlineData("https://api.test:8443/v1/x", false)]
    [InlineData("https://api.test.evil.test/v1/x", false)]
    [InlineData("https://evil.test/v1/x", false)]
    public async Task Key_IsSentToItsOwnAddressOnly_AndRemovedAfterwards(string address, bool isOurs)
    {
        using var request = await NewAsync(address);
        using var response = await SendAsync(request);
        Assert.Equal(isOurs ? Bearer : null, _stub.Requests[0].Authorization);
        Assert.Null(request.Headers.Authorization);
        Assert.Null(response.RequestMessage!.Headers.Authorization);
    }

    [Fact]
    public async Task Key_IsRemovedAfterAFailureToo()
    {
        _answer = () => throw new HttpRequestException("no");
        using var request = await NewAsync("https://api.test/");
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(request));
        Assert.Equal(Bearer, _stub.Requests[0].Authorization);
        Assert.Null(request.Headers.Authorization);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Key_IsInNothingThatIsTraced(int status)
    {
        _answer = () => status == 0 ? throw new HttpRequestException("no") : Stub.Answer(status);
        using var request = await NewAsync("https://api.test/v1/x");
        try
        {
            (await SendAsync(request)).Dispose();
        }
        catch (Exception error) when (error is RequestFailure or HttpRequestException)
        {
            // The trace is the same for an answer that becomes an error.
        }
        Assert.Equal(Bearer, _stub.Requests[0].Authorization);
        var traced = _rig.Observer.DebugLines.Concat(_rig.Observer.VerboseLines).ToList();
        Assert.Contains(traced, line => line.StartsWith("> GET /v1/x", StringComparison.Ordinal));
        Assert.Contains(traced, line => line.StartsWith("GET /v1/x: " + (status == 0 ? "failed" : status.ToString(System.Globalization.CultureInfo.InvariantCulture)) + " after", StringComparison.Ordinal));
        Assert.DoesNotContain(traced, line => line.Contains("Authorization") || line.Contains(Rig.Key));
    }

    private async Task<HttpRequestMessage> NewAsync(string address)
    {
        var call = new RequestContext(Operations.List, null, TimeSpan.Zero, _rig.Observer, Rig.None);
        var attempt = new Attempt(call, _rig.Time, TimeSpan.FromSeconds(100), await _rig.Gate.AcquireAsync(call), _rig.Gate) { Read = static _ => Task.CompletedTask };
        var request = new HttpRequestMessage(HttpMethod.Get, address);
#if NET
        request.Options.Set(new HttpRequestOptionsKey<Attempt>(Attempt.Key), attempt);
#else
        request.Properties[Attempt.Key] = attempt;
#endif
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        return await invoker.SendAsync(request, CancellationToken.None);
    }
}
