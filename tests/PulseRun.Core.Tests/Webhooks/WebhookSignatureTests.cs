using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Core.Text;
using PulseRun.Core.Webhooks;
using Xunit;

namespace PulseRun.Core.Tests.Webhooks;

public class WebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string Body = "{\"test\": 2432232314}";

    /// <summary>The example of the reference implementation of Standard Webhooks.</summary>
    private const string Reference = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly DateTimeOffset s_then = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void TheReferenceExample_IsValid()
    {
        Assert.True(Check(Reference));
        Assert.Equal(Reference, WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), Id, Timestamp, Encoding.UTF8.GetBytes(Body)));
    }

    [Fact]
    public void SeveralSignatures_OneIsEnough()
    {
        Assert.True(Check("v1,AAAA v1a,BBBB " + Reference + " v2,CCCC"));
        Assert.True(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), SecretText.Of(Secret), ["v1,AAAA", Reference], Id, Timestamp, TimeSpan.FromMinutes(5), s_then));
        Assert.False(Check("v1,AAAA v1,BBBB"));
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    public void ATimestamp_IsValidForTheTolerance(int seconds, bool isValid) => Assert.Equal(isValid, Check(Reference, now: s_then.AddSeconds(seconds)));

    public static TheoryData<string?> Forged => new(Forgeries());

    /// <summary>Lists forgeries of the reference example, none of which may pass.</summary>
    [Theory]
    [MemberData(nameof(Forged))]
    public void AForgedSignature_IsNotValid(string? signature) => Assert.False(Check(signature));

    [Theory]
    [InlineData(null, Timestamp, Body, Secret)]
    [InlineData("", Timestamp, Body, Secret)]
    [InlineData("msg_other", Timestamp, Body, Secret)]
    [InlineData(Id + ".1614265330", Timestamp, Body, Secret)]
    [InlineData(Id, null, Body, Secret)]
    [InlineData(Id, "", Body, Secret)]
    [InlineData(Id, "1614265331", Body, Secret)]
    [InlineData(Id, " 1614265330", Body, Secret)]
    [InlineData(Id, "+1614265330", Body, Secret)]
    [InlineData(Id, "1614265330.0", Body, Secret)]
    [InlineData(Id, "01614265330", Body, Secret)]
    [InlineData(Id, "99999999999999999999", Body, Secret)]
    [InlineData(Id, "yesterday", Body, Secret)]
    [InlineData(Id, Timestamp, Body + " ", Secret)]
    [InlineData(Id, Timestamp, "", Secret)]
    [InlineData(Id, Timestamp, Body, "whsec_")]
    [InlineData(Id, Timestamp, Body, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx")]
    [InlineData(Id, Timestamp, Body, "another")]
    [InlineData(Id, Timestamp, Body, "")]
    public void AChangedPart_IsNotValid(string? id, string? timestamp, string body, string secret) =>
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(body), SecretText.Of(secret), [Reference], id, timestamp, TimeSpan.FromMinutes(5), s_then));

    [Fact]
    public void NothingToCheck_IsNotValid_AndIsNoException()
    {
        var now = s_then;
        var any = TimeSpan.FromMinutes(5);
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, null, SecretText.Of(Secret), [Reference], Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), null, [Reference], Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), SecretText.Of(Secret), null, Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), SecretText.Of(Secret), [null], Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), SecretText.Of(Secret), [Reference], Id, Timestamp, TimeSpan.FromMinutes(-5), now));
        Assert.False(WebhookSignature.IsValid((WebhookScheme)99, Bytes(Body), SecretText.Of(Secret), [Reference], Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.StandardWebhooks, Bytes(Body), SecretText.Of(Secret), Enumerable.Repeat("v1,x", 10_000), Id, Timestamp, any, now));
        Assert.False(WebhookSignature.IsValid(WebhookScheme.HmacHex, Bytes(Body), SecretText.Of(Secret), [new string('a', 10_000_000)], null, null, any, now));
    }

    [Theory]
    [InlineData(WebhookScheme.HmacHex)]
    [InlineData(WebhookScheme.HmacBase64)]
    public void AnHmacOfTheBody_IsValidInItsSchemeOnly(WebhookScheme scheme)
    {
        string signature = Hmac(scheme, Body, Encoding.UTF8.GetBytes(Secret));
        foreach (WebhookScheme asked in (WebhookScheme[])[WebhookScheme.StandardWebhooks, WebhookScheme.HmacHex, WebhookScheme.HmacBase64])
            Assert.Equal(asked == scheme, Check(signature, asked));
        Assert.True(Check("sha256=" + signature, scheme));
        Assert.True(Check("sha256=00, sha256=" + signature, scheme));
        // Some services sign with the decoded secret.
        Assert.True(Check(Hmac(scheme, Body, WebhookSignature.KeyOf(Secret)), scheme));
        Assert.False(Check(signature, scheme, body: Body + " "));
        Assert.False(Check(signature.Substring(1), scheme));
        Assert.False(Check(signature + signature, scheme));
        // A timestamp is not signed here, so it can only refuse.
        Assert.False(WebhookSignature.IsValid(scheme, Bytes(Body), SecretText.Of(Secret), [signature], null, "1", TimeSpan.FromMinutes(5), s_then));
    }

    [Fact]
    public void HexDigits_MayBeLargeOrSmall() => Assert.True(Check(Hmac(WebhookScheme.HmacHex, Body, Encoding.UTF8.GetBytes(Secret)).ToUpperInvariant(), WebhookScheme.HmacHex));

    [Theory]
    [InlineData("plain secret")]
    [InlineData("cGxhaW4gYmFzZTY0")]
    public void ASecretWithoutThePrefix_MayBeTextOrBase64(string secret)
    {
        string text = WebhookSignature.Sign(Encoding.UTF8.GetBytes(secret), Id, Timestamp, Bytes(Body));
        Assert.True(Check(text, secret: secret));
        if (!secret.Contains(' '))
            Assert.True(Check(WebhookSignature.Sign(Convert.FromBase64String(secret), Id, Timestamp, Bytes(Body)), secret: secret));
    }

    private static IEnumerable<string?> Forgeries()
    {
        string value = Reference.Substring(3);
        yield return null;
        yield return "";
        yield return " ";
        yield return "v1,";
        yield return "v1";
        yield return value;
        yield return "v1 " + value;
        yield return "v1;" + value;
        yield return "V1," + value;
        yield return "v2," + value;
        yield return "v1a," + value;
        yield return "v1,v1," + value;
        yield return "v1," + value.TrimEnd('=');
        yield return "v1," + value + "=";
        yield return "v1," + value.ToLowerInvariant();
        // This text decodes to the same bytes: the last digit has bits that base64 does not use.
        yield return "v1," + value.Replace("OE=", "OF=");
        yield return "v1," + value.Remove(20);
        yield return "v1," + value + value;
        yield return "v1," + new string(value.Reverse().ToArray());
        yield return "v1," + Convert.ToBase64String(new byte[32]);
        yield return "v1," + Hmac(WebhookScheme.HmacBase64, Body, WebhookSignature.KeyOf(Secret));
        yield return "v1," + Hmac(WebhookScheme.HmacHex, Body, WebhookSignature.KeyOf(Secret));
        yield return WebhookSignature.Sign([], Id, Timestamp, Bytes(Body));
        yield return WebhookSignature.Sign(Encoding.UTF8.GetBytes("whsec_"), Id, Timestamp, Bytes(Body));
        yield return WebhookSignature.Sign(Encoding.UTF8.GetBytes("null"), Id, Timestamp, Bytes(Body));
        yield return WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), Id, "1614265331", Bytes(Body));
        yield return WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), "msg_other", Timestamp, Bytes(Body));
        yield return WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), Id, Timestamp, Bytes(Body + "\n"));
        yield return WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), Id, Timestamp, []);
        yield return "v1,\0" + value;
        yield return "v1,\ud800" + value;
        yield return "Bearer " + value;
    }

    private static bool Check(string? signature, WebhookScheme scheme = WebhookScheme.StandardWebhooks, string body = Body, string secret = Secret, DateTimeOffset? now = null)
    {
        bool isStandard = scheme == WebhookScheme.StandardWebhooks;
        return WebhookSignature.IsValid(scheme, Bytes(body), SecretText.Of(secret), [signature], isStandard ? Id : null, isStandard ? Timestamp : null, TimeSpan.FromMinutes(5), now ?? s_then);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hmac(WebhookScheme scheme, string body, byte[] key)
    {
        using var hmac = new HMACSHA256(key);
        byte[] hash = hmac.ComputeHash(Bytes(body));
        return scheme == WebhookScheme.HmacHex ? string.Concat(hash.Select(static one => one.ToString("x2", CultureInfo.InvariantCulture))) : Convert.ToBase64String(hash);
    }
}
