using System;
using PulseRun.Core.Notify;
using Xunit;

namespace PulseRun.Core.Tests.Notify;

public class NotifyAddressTests
{
    [Theory]
    [InlineData("https://hooks.example.com/T0/B0/secret")]
    [InlineData(" https://example.com ")]
    [InlineData("http://127.0.0.1:8080/x")]
    [InlineData("http://localhost/x")]
    [InlineData("http://[::1]:1/x")]
    public void Parse_AcceptsHttps_AndHttpOnThisMachine(string text) => Assert.Equal(new Uri(text.Trim()), NotifyAddress.Parse(text, "NotifyUri"));

    [Theory]
    [InlineData("http://hooks.example.com/T0/B0/secret")]
    [InlineData("ftp://example.com/secret")]
    [InlineData("file:///secret")]
    [InlineData("hooks.example.com/secret")]
    [InlineData("/secret")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://exa mple.com/secret")]
    [InlineData("https://example.com/secret\r\nX: y")]
    [InlineData("http://127.0.0.1.example.com/secret")]
    [InlineData("")]
    [InlineData(null)]
    public void Parse_RefusesEverythingElse_WithoutShowingIt(string? text)
    {
        var error = Assert.Throws<PulseRunException>(() => NotifyAddress.Parse(text, "NotifyUri"));
        Assert.Equal((ErrorIds.InvalidRequest, "NotifyUri"), (error.ErrorId, error.Field));
        Assert.DoesNotContain("secret.", error.Message.Replace("because it is a secret.", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("example", error.Message, StringComparison.Ordinal);
    }
}
