using System;
using System.Net.Http;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class AuthHandlerTests
{
    [Theory]
    [InlineData("https://api.test/v1/x", true)]
    [InlineData("https://API.TEST:443/v1/x", true)]
    [InlineData("http://api.test/v1/x", false)]
    [InlineData("https://api.test:8443/v1/x", false)]
    [InlineData("https://api.test.evil.test/v1/x", false)]
    [InlineData("https://evil.test/v1/x", false)]
    public async Task Key_IsSentToItsOwnAddressOnly_AndRemovedAfterwards(string address, bool isOurs)
    {
        var stub = new Stub(() => Stub.Json("{}"));
        using var invoker = new HttpMessageInvoker(new AuthHandler(new Uri("https://api.test/"), Secret("pr_live_k1"), stub));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        Assert.Equal(isOurs ? "Bearer pr_live_k1" : null, stub.Requests[0].Authorization);
        Assert.Null(request.Headers.Authorization);
        Assert.Null(response.RequestMessage!.Headers.Authorization);
    }

    [Fact]
    public async Task Key_IsRemovedAfterAFailureToo()
    {
        var stub = new Stub(() => throw new HttpRequestException("no"));
        using var invoker = new HttpMessageInvoker(new AuthHandler(new Uri("https://api.test/"), Secret("pr_live_k1"), stub));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.test/");
        await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, CancellationToken.None));
        Assert.NotNull(stub.Requests[0].Authorization);
        Assert.Null(request.Headers.Authorization);
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char c in text)
            secret.AppendChar(c);
        return secret;
    }
}
