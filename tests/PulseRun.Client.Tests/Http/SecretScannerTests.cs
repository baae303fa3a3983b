using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public sealed class SecretScannerTests : IDisposable
{
    private const string Key = "CANARY/odd+key=42";

    private readonly Redactor _redactor = new(SecretText.Of(Key));

    [Theory]
    [InlineData("{\"token\":\"abc\",\"a\":1}", "{\"token\":\"[redacted]\",\"a\":1}")]
    [InlineData("{\"jupyter_token\" : \"a\\\"b\\\\\" , \"b\":2}", "{\"jupyter_token\" : \"[redacted]\" , \"b\":2}")]
    [InlineData("{\"client_secret\":\"abc", "{\"client_secret\":\"[redacted]")]
    [InlineData("{\"password\":12345}", "{\"password\":[redacted]}")]
    [InlineData("{\"password\":null,\"secret\":true}", "{\"password\":null,\"secret\":true}")]
    [InlineData("{\"api_key\":[\"a\",\"]b\"],\"c\":\"d\"}", "{\"api_key\":[redacted],\"c\":\"d\"}")]
    [InlineData("{\"Authorization\":{\"v\":\"}x\",\"w\":{}},\"c\":\"d\"}", "{\"Authorization\":[redacted],\"c\":\"d\"}")]
    [InlineData("{\"X-Api-Key\":\"abc\"}", "{\"X-Api-Key\":\"[redacted]\"}")]
    [InlineData("{'token': 'abc'}", "{'token': '[redacted]'}")]
    [InlineData("{\"error\":\"{\\\"token\\\":\\\"abc\\\",\\\"a\\\":1}\"}", "{\"error\":\"{\\\"token\\\":\\\"[redacted]\\\",\\\"a\\\":1}\"}")]
    [InlineData("{\"\\u0074oken\":\"abc\"}", "{\"\\u0074oken\":\"[redacted]\"}")]
    [InlineData("{\"max_tokens\":512,\"token_type\":\"x\",\"key\":\"k\",\"code\":5}", "{\"max_tokens\":512,\"token_type\":\"x\",\"key\":\"k\",\"code\":5}")]
    [InlineData("the \"token\" is wrong", "the \"token\" is wrong")]
    [InlineData("password=abc&x=1", "password=[redacted]&x=1")]
    [InlineData("API_KEY='a b' x", "API_KEY='[redacted]' x")]
    [InlineData("exit code=5", "exit code=5")]
    [InlineData("u=x%3Ftoken%3Dabc&z=1", "u=x%3Ftoken%3D[redacted]&z=1")]
    [InlineData("{\"a\":\"{\\\"token\\\":\\\"x\\\\\\\"y\\\\\\\\\\\"}\"}", "{\"a\":\"{\\\"token\\\":\\\"[redacted]\\\"}\"}")]
    [InlineData("x%eeyJabcdefghij y", "x%e[redacted] y")]
    [InlineData("https://user:pw@host/x", "https://[redacted]@host/x")]
    [InlineData("https://ghp_abc@host/x", "https://[redacted]@host/x")]
    [InlineData("ssh://root@host:22/", "ssh://root@host:22/")]
    [InlineData("ssh://root:pw@host:22/", "ssh://[redacted]@host:22/")]
    [InlineData("ssh root@10.0.0.1 -p 22", "ssh root@10.0.0.1 -p 22")]
    [InlineData("https://h/x#frag end", "https://h/x#[redacted] end")]
    [InlineData("https:\\/\\/u:p@h\\/x#frag\"", "https:\\/\\/[redacted]@h\\/x#[redacted]\"")]
    [InlineData("issue #5 at a@b", "issue #5 at a@b")]
    [InlineData("\\u0070r_live_abc!", "[redacted]!")]
    [InlineData("%70r_live_abc!", "[redacted]!")]
    [InlineData("x CANARY\\/odd+key=42 y", "x [redacted] y")]
    [InlineData("x CANARY%2Fodd%2Bkey%3D42 y", "x [redacted] y")]
    [InlineData("x \\u0043ANARY/odd+key=42 y", "x [redacted] y")]
    [InlineData("BEARER abc", "BEARER [redacted]")]
    [InlineData("authorization: Basic dXNlcg==\nnext", "authorization: Basic [redacted]\nnext")]
    [InlineData("100% sure, \\ and \\u12", "100% sure, \\ and \\u12")]
    public void Secrets_AreMasked_InValuesAndInProse(string text, string expected)
    {
        Assert.Equal(expected, _redactor.Prose(text));
        if (text.Length >= 8)
            Assert.Equal(expected, _redactor.Value(text).Replace('\uFFFD', '\n'));
        if (text == expected)
            Assert.Same(text, _redactor.Value(text));
    }

    [Theory]
    [InlineData("see https://h/a?b=c%20d&e=f g", "see https://h/a?[redacted] g")]
    [InlineData("the end is CANARY/odd+k", "the end is [redacted]")]
    [InlineData("the end is CANARY", "the end is CANARY")]
    public void Prose_HidesMore(string text, string expected) => Assert.Equal(expected, _redactor.Prose(text));

    [Fact]
    public void Tree_MasksByName()
    {
        var tree = new System.Collections.Generic.Dictionary<string, object?>
        {
            ["token"] = "abc",
            ["Password"] = 5L,
            ["authorization"] = new object?[] { "x", null, true },
            ["deep"] = new System.Collections.Generic.Dictionary<string, object?> { ["api-key"] = "k", ["name"] = "n" },
            ["secret"] = "",
        };
        var clean = (System.Collections.Generic.Dictionary<string, object?>)_redactor.Tree(tree)!;
        Assert.Equal("[redacted]", clean["token"]);
        Assert.Equal("[redacted]", clean["Password"]);
        Assert.Equal(new object?[] { "[redacted]", null, true }, clean["authorization"]);
        var deep = (System.Collections.Generic.Dictionary<string, object?>)clean["deep"]!;
        Assert.Equal("[redacted]", deep["api-key"]);
        Assert.Equal("n", deep["name"]);
        Assert.Equal("", clean["secret"]);
    }

    [Fact]
    public async Task Names_OfSecrets_AreMaskedInObjectsErrorsAndDebug()
    {
        const string body = "{\"id\":\"inst_1\",\"status\":\"running\",\"jupyter_token\":\"CANARYtoken\",\"auth\":{\"password\":\"CANARYpw\"},"
            + "\"docs\":\"https://u:CANARYuser@h.test/x#CANARYfragment\"}";
        using var rig = new Rig(new Stub((_, index, _) => Task.FromResult(index == 0 ? Stub.Json(body) : Stub.Json("{\"detail\":\"no: " + body.Replace("\"", "\\\"") + "\"}", 400))));
        var instance = await rig.GetAsync();
        Assert.Equal("[redacted]", instance.AdditionalProperties["jupyter_token"]);
        Assert.Equal("https://[redacted]@h.test/x#[redacted]", instance.AdditionalProperties["docs"]);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        foreach (string text in rig.Observer.All.Concat([error.ToString(), error.Detail!, Describe(instance.AdditionalProperties["auth"])]))
            Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
    }

    /// <summary>Texts that made regular expressions backtrack. Each takes milliseconds; because a machine under load is slower, the bound is wide and the texts are large.</summary>
    [Theory]
    [InlineData("CANARY/odd+key=42", 30_000)]
    [InlineData("CANARY/odd+key=4", 30_000)]
    [InlineData("pr_live_", 60_000)]
    [InlineData("eyJ", 200_000)]
    [InlineData("eyJa", 150_000)]
    [InlineData("bearer ", 80_000)]
    [InlineData("bearer\"", 80_000)]
    [InlineData("?token=", 80_000)]
    [InlineData("token", 100_000)]
    [InlineData("\"token\":", 60_000)]
    [InlineData("\"token\" ", 60_000)]
    [InlineData("\"token\":{", 60_000)]
    [InlineData("\"token\":[\"", 60_000)]
    [InlineData("http://", 70_000)]
    [InlineData("http://a@", 60_000)]
    [InlineData("https://h?", 60_000)]
    [InlineData("\\", 500_000)]
    [InlineData("\\\"", 250_000)]
    [InlineData("%", 500_000)]
    [InlineData("%2", 250_000)]
    [InlineData("authorization:", 40_000)]
    [InlineData("a", 500_000)]
    public void Time_IsLinear(string part, int times)
    {
        string text = string.Concat(Enumerable.Repeat(part, times));
        var watch = Stopwatch.StartNew();
        _redactor.Prose(text);
        _redactor.Value(text);
        // A quadratic scan of half a million characters takes minutes.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void AnyText_IsReadToItsEnd_AndHoldsNoKeyAfterwards()
    {
        string[] parts = ["\"", "\\", "'", "token", "password", ":", "=", "{", "[", "]", "}", "/", "//", "http", "@", "#", "?", "%", "%22", "\\u0022", "\\u", " ", "\n", "bearer", "eyJabcdefghij", "authorization", Key, "pr_test_CANARY", "null", ","];
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (int n = random.Next(1, 30); n > 0; n--)
                text.Append(parts[random.Next(parts.Length)]);
            foreach (string clean in new[] { _redactor.Prose(text.ToString()), _redactor.Value(text.ToString()), _redactor.KeepQuery(text.ToString())! })
                Assert.DoesNotContain(Key, clean, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", _redactor.Prose(text.ToString()), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _redactor.Dispose();

    private static string Describe(object? tree) =>
        string.Join(" ", ((System.Collections.Generic.Dictionary<string, object?>)tree!).Select(pair => pair.Key + "=" + pair.Value));
}
