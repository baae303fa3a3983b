using PulseRun.Core.Webhooks;
using Xunit;

namespace PulseRun.Core.Tests.Webhooks;

public class WebhookAddressTests
{
    [Theory]
    [InlineData("https://example.com/hook?token=x")]
    [InlineData(" https://example.com ")]
    [InlineData("http://127.0.0.1:8780/")]
    [InlineData("http://localhost:8780/")]
    [InlineData("http://[::1]:8780/")]
    public void AnHttpsAddress_OrALoopbackOne_IsAccepted(string text) => Assert.Equal(text.Trim(), WebhookAddress.Check(text));

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("http://127.0.0.1.example.com/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("https://example.com/a b")]
    [InlineData("https://")]
    [InlineData("/hook")]
    [InlineData("example.com")]
    [InlineData("")]
    [InlineData(null)]
    public void AnyOtherText_IsRefused(string? text)
    {
        var error = Assert.Throws<PulseRunException>(() => WebhookAddress.Check(text));
        Assert.Equal((ErrorIds.InvalidRequest, "Uri"), (error.ErrorId, error.Field));
    }
}
