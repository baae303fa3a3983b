using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests the parameters; the schemes and the forgeries are tested in PulseRun.Core.Tests.</summary>
public class TestWebhookSignatureTests : CmdletTests
{
    private const string Reference = "Test-PRWebhookSignature -Body $body -Secret $secret -Signature $signature -Id msg_p5jXN8AQM9LWM0D4loKWxJek -Timestamp 1614265330 -Tolerance 36500.00:00";

    public TestWebhookSignatureTests() => Do("""
        $secret = ConvertTo-SecureString whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw -AsPlainText -Force
        $body = '{"test": 2432232314}'
        $signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
        """);

    [Fact]
    public void Text_and_bytes_are_bodies()
    {
        Assert.True(Get<bool>(Reference));
        Assert.True(Get<bool>("$body = [Text.Encoding]::UTF8.GetBytes($body); " + Reference));
        Assert.True(Get<bool>("$body = @($body | ForEach-Object { [byte]$_ }); " + Reference));
        Assert.True(Get<bool>("$signature = 'v1,x', $signature; " + Reference));
    }

    [Theory]
    [InlineData("$body = $null")]
    [InlineData("$body = ''")]
    [InlineData("$body = 7")]
    [InlineData("$body = @{ test = 1 }")]
    [InlineData("$body = [byte[]]@()")]
    [InlineData("$signature = $null")]
    [InlineData("$signature = ''")]
    [InlineData("$signature = @()")]
    [InlineData("$signature = @($null, '', 'v1,')")]
    [InlineData("$signature = [char]0xD800 + 'v1,'")]
    [InlineData("$secret = [securestring]::new()")]
    [InlineData("$secret = $null")]
    public void Anything_else_is_false_and_no_error(string change) => Assert.False(Get<bool>(change + "; " + Reference));

    [Fact]
    public void A_recording_is_false() => Assert.False(Get<bool>(Reference.Replace(" -Tolerance 36500.00:00", "")));

    [Fact]
    public void The_other_schemes_sign_the_body() => Assert.Equal([true, true, false], GetAll<bool>("""
        $hash = [Security.Cryptography.HMACSHA256]::HashData([Text.Encoding]::UTF8.GetBytes('topsecret'), [Text.Encoding]::UTF8.GetBytes($body))
        $plain = ConvertTo-SecureString topsecret -AsPlainText -Force
        Test-PRWebhookSignature $body -Secret $plain -Signature "sha256=$([Convert]::ToHexString($hash))" -Scheme HmacHex
        Test-PRWebhookSignature $body -Secret $plain -Signature ([Convert]::ToBase64String($hash)) -Scheme HmacBase64
        Test-PRWebhookSignature $body -Secret $plain -Signature ([Convert]::ToBase64String($hash)) -Scheme HmacHex
        """));

    [Fact]
    public void A_secret_that_is_text_is_refused_without_repeating_it()
    {
        Outcome done = Run("Test-PRWebhookSignature x -Secret whsec_CANARY -Signature y");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.DoesNotContain("CANARY", done.Errors[0].Exception.Message);
    }
}
