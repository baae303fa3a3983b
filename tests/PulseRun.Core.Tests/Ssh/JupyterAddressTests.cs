using System;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class JupyterAddressTests
{
    [Theory]
    [InlineData("https://jupyter.example.com/?token=abc", "https://jupyter.example.com/")]
    [InlineData("https://203.0.113.7:8888/lab?token=abc#x", "https://203.0.113.7:8888/lab")]
    [InlineData("https://[2001:db8::1]:8888/lab/tree/a%20b", "https://[2001:db8::1]:8888/lab/tree/a%20b")]
    [InlineData("HTTPS://Host.example/lab/a@b", "https://host.example/lab/a@b")]
    [InlineData("https://host", "https://host/")]
    public void TryParse_Https_IsShownWithoutQuery(string text, string display)
    {
        var address = JupyterAddress.TryParse(text);
        Assert.NotNull(address);
        Assert.Equal(display, address.Display);
        Assert.Equal(display, address.ToString());
        Assert.Equal(new Uri(text), address.Uri);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://jupyter.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ms-settings:x")]
    [InlineData("data:text/html,x")]
    [InlineData("https:")]
    [InlineData("https:/host")]
    [InlineData("https:host")]
    [InlineData("https://")]
    [InlineData("https:///path")]
    [InlineData("https://user@host/")]
    [InlineData("https://user:pw@host/")]
    [InlineData("https://@host/")]
    [InlineData("https://good.example\\@evil.example/")]
    [InlineData("https://host:99999/")]
    [InlineData("https://host:x/")]
    [InlineData(" https://host/")]
    [InlineData("https://host/ ")]
    [InlineData("https://host/\n")]
    [InlineData("https://ho st/")]
    [InlineData("https://host/a b")]
    [InlineData("https://host/\u202e")]
    [InlineData("https://host/\u0000")]
    [InlineData("https://host/\uFFFD")]
    [InlineData("https://host/\u00a0")]
    [InlineData("https://host/é")]
    [InlineData("https://host/\u007f")]
    [InlineData("https://h\u043est.example/")]
    [InlineData("//host/lab")]
    [InlineData("/lab")]
    [InlineData("host.example/lab")]
    [InlineData("calc.exe")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.Null(JupyterAddress.TryParse(text));

    [Fact]
    public void TryParse_TooLong_IsRefused() => Assert.Null(JupyterAddress.TryParse("https://host/" + new string('a', 2048)));

    [Fact]
    public void Parse_Refused_ShowsNoToken()
    {
        var error = Assert.Throws<PulseRunException>(() => JupyterAddress.Parse("http://host/?token=abc", "inst_1"));
        Assert.Equal(ErrorIds.InvalidJupyterUrl, error.ErrorId);
        Assert.Contains("inst_1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.InvalidJupyterUrl, Assert.Throws<PulseRunException>(() => JupyterAddress.Parse(null, "inst_1")).ErrorId);
    }
}
