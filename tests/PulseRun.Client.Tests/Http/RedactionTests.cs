using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class RedactionTests
{
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.c2lnbmF0dXJl";
    private const string OddKey = "CANARY/odd+key=42";

    [Theory]
    [InlineData("key pr_live_abcDEF123-_x end", "key [redacted] end")]
    [InlineData("pr_test_1", "[redacted]")]
    [InlineData("a " + Jwt + " b", "a [redacted] b")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9", "[redacted]")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]")]
    [InlineData("bearer  abc,def", "bearer  [redacted],def")]
    [InlineData("x?token=abc&y=1", "x?token=[redacted]&y=1")]
    [InlineData("x?y=1&access_token=abc#z", "x?y=1&access_token=[redacted]#z")]
    [InlineData("x?api_key=abc;sig=def", "x?api_key=[redacted];sig=[redacted]")]
    [InlineData("my " + OddKey + OddKey, "my [redacted][redacted]")]
    [InlineData("spr_ings and eyJ are fine", "spr_ings and eyJ are fine")]
    [InlineData("monkey=banana", "monkey=banana")]
    [InlineData("", "")]
    public void Value_HidesSecretsOnly(string text, string expected)
    {
        using var redactor = Make();
        Assert.Equal(expected, redactor.Value(text));
        if (text == expected)
            Assert.Same(text, redactor.Value(text));
    }

    /// <summary>Servers and the programs before them write what they were sent in many ways: the key of this connection is CANARY/odd+key=42.</summary>
    [Theory]
    [InlineData("DD+key=42 no", "DD+key=42 no")]
    [InlineData("NARY/odd+key=42 x", "[redacted] x")]
    [InlineData("a canary odd key 42 b", "a [redacted] b")]
    [InlineData("a CANARY%252Fodd%252Bkey=42 b", "a CANARY%252Fodd%252Bkey=42 b")]
    [InlineData("CAN\u200BARY/odd+k\u00ADey=42", "[redacted]")]
    [InlineData("C&#65;NARY/odd+key=42", "[redacted]")]
    [InlineData("\uFF23\uFF21\uFF2E\uFF21\uFF32\uFF39odd+key=42", "[redacted]")]
    [InlineData("24=yek+ddo/YRANAC", "[redacted]")]
    [InlineData("43414E4152592F6f64642B6b65793d3432", "[redacted]")]
    [InlineData("Q0FOQVJZL29kZCtrZXk9NDI=", "[redacted]NDI=")]
    [InlineData("Basic OkNBTkFSWS9vZGQra2V5PTQy", "Basic Ok[redacted]")]
    [InlineData("twice NARY/odd+key=42 and NARY/odd+key=42.", "twice [redacted] and [redacted].")]
    public void Value_HidesPartsOfTheKey_InOtherSpellings(string text, string expected)
    {
        using var redactor = Make();
        string shown = redactor.Value(text);
        Assert.Equal(expected, shown);
        Assert.Equal(expected, redactor.Prose(text));
    }

    [Fact]
    public void Value_OfManyWords_IsUnchanged_WhateverTheKey()
    {
        var random = new Random(7);
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (int round = 0; round < 50; round++)
        {
            var key = new SecureString();
            foreach (char c in "pr_live_" + new string([.. Enumerable.Range(0, 24).Select(_ => Letters[random.Next(Letters.Length)])]))
                key.AppendChar(c);
            using var redactor = new Redactor(key);
            string text = string.Concat(Enumerable.Range(0, 500).Select(_ => Letters[random.Next(Letters.Length)])) + " inst_0123456789abcdef NVIDIA H100 80GB 2026-03-01T12:00:00Z";
            Assert.Same(text, redactor.Value(text));
        }
    }

    [Theory]
    [InlineData("see https://nb.test/lab?abc=def end", "see https://nb.test/lab?[redacted] end")]
    [InlineData("\"jupyter_url\":\"https:\\/\\/nb.test\\/lab?x=1\",", "\"jupyter_url\":\"https:\\/\\/nb.test\\/lab?[redacted]\",")]
    [InlineData("what? nothing", "what? nothing")]
    public void Prose_HidesWholeQueries(string text, string expected)
    {
        using var redactor = Make();
        Assert.Equal(expected, redactor.Prose(text));
    }

    [Fact]
    public async Task Secrets_AppearInNoOutput()
    {
        string secrets = "Bearer " + Rig.Key + " " + Jwt + " https://x.test/?token=CANARYtoken";
        string instance = "{\"id\":\"inst_1\",\"status\":\"" + Rig.Key + "\",\"gpu\":\"" + Jwt + "\",\"gpu_name\":\"n " + Rig.Key + "\",\"ssh_command\":\"ssh -o x=" + Rig.Key
            + "\",\"ip\":\"" + Jwt + "\",\"jupyter_url\":\"https://nb.test/lab?token=JUPYTERTOKEN\",\"note\":\"" + secrets + "\",\"" + Rig.Key + "\":{\"deep\":[\"" + secrets + "\"]}}";
        var answers = new Func<HttpResponseMessage>[]
        {
            () => WithHeaders(Stub.Json(instance)),
            () => WithHeaders(Stub.Json("[" + instance + "]")),
            () => WithHeaders(Stub.Json(instance.Replace("\"id\"", "\"gpu_utilization\":1,\"id\""))),
            () => WithHeaders(Stub.Json("{\"detail\":\"" + secrets + "\",\"field\":\"" + Rig.Key + "\"}", 400)),
            () => WithHeaders(Stub.Json("{\"detail\":\"" + new string('x', 480) + " " + secrets + "\"}", 500)),
            () => WithHeaders(Stub.Answer(502, "<title>" + secrets + "</title>", "text/html")),
            () => WithHeaders(Stub.Answer(200, secrets)),
            () => throw new HttpRequestException(secrets, new IOException(secrets)),
        };
        foreach (var answer in answers)
        {
            using var rig = new Rig(new Stub(answer));
            var seen = new List<string>();
            var acts = new Func<Task<object>>[]
            {
                async () => await rig.ListAsync(),
                async () => await rig.GetAsync(),
                async () => await rig.StopAsync(),
                async () => await rig.StartAsync(),
                async () => await rig.RemoveAsync(),
                async () => await rig.MetricsAsync(),
                // It looks for what it may have launched, and waits between two looks.
                async () => await rig.RunClockAsync(rig.LaunchAsync(), TimeSpan.FromSeconds(1)),
            };
            foreach (var act in acts)
            {
                try
                {
                    Describe(await act(), seen);
                }
                catch (PulseRunException exception)
                {
                    seen.AddRange([exception.ToString(), exception.Detail ?? "", exception.Field ?? "", exception.RequestId ?? ""]);
                    Assert.Null(exception.InnerException);
                    Assert.Empty(exception.Data);
                }
            }
            seen.AddRange(rig.Observer.All);
            Assert.NotEmpty(rig.Observer.DebugLines);
            Assert.All(seen, text =>
            {
                Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
                Assert.DoesNotContain("c2lnbmF0dXJl", text, StringComparison.Ordinal);
                Assert.DoesNotContain("JUPYTERTOKEN", text, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task Key_OfAnotherForm_AppearsInNoOutput()
    {
        var stub = new Stub(() => Stub.Json("{\"id\":\"inst_1\",\"note\":\"is " + OddKey + "\",\"jupyter_url\":\"https://nb.test/?t=" + OddKey + "\"}"));
        using var rig = new Rig(stub, configure: o => o.Key = OddKey);
        var instance = await rig.GetAsync();
        Assert.Equal("is [redacted]", instance.AdditionalProperties["note"]);
        Assert.Equal("https://nb.test/?t=[redacted]", instance.GetJupyterUrl());
        Assert.All(rig.Observer.All, line => Assert.DoesNotContain(OddKey, line, StringComparison.Ordinal));
        Assert.Equal("Bearer " + OddKey, stub.Requests[0].Authorization);
    }

    [Fact]
    public async Task Lines_HaveNoControlCharacters()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"detail\":\"a\u001b[2Jb\u202Ec\"}", 400)));
        await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.All(rig.Observer.All, line => Assert.DoesNotContain(line, c => c != '\n' && (char.IsControl(c) || c == '\u202E')));
    }

    private static HttpResponseMessage WithHeaders(HttpResponseMessage response)
    {
        response.Headers.TryAddWithoutValidation("x-request-id", Rig.Key);
        response.Headers.TryAddWithoutValidation("Set-Cookie", "session=CANARYcookie");
        response.Headers.TryAddWithoutValidation("X-Echo", "Bearer " + Rig.Key);
        return response;
    }

    private static void Describe(object value, List<string> seen)
    {
        switch (value)
        {
            case List<Instance> rows:
                rows.ForEach(r => Describe(r, seen));
                break;
            case Instance i:
                seen.AddRange(new[] { i.Id, i.Status, i.Gpu, i.GpuName, i.Provider, i.Region, i.Ip, i.SshCommand, i.Template }.Select(t => t ?? ""));
                Walk(i.AdditionalProperties.ToDictionary(p => p.Key, p => p.Value), seen);
                break;
            case InstanceMetrics m:
                var rest = m.AdditionalProperties.ToDictionary(p => p.Key, p => p.Value);
                // Here it is an unknown field like any other, with a name that resembles the known one.
                rest.Remove("jupyter_url");
                Walk(rest, seen);
                break;
        }
    }

    private static void Walk(object? value, List<string> seen)
    {
        switch (value)
        {
            case string text:
                seen.Add(text);
                break;
            case Dictionary<string, object?> map:
                seen.AddRange(map.Keys);
                map.Values.ToList().ForEach(v => Walk(v, seen));
                break;
            case object?[] list:
                list.ToList().ForEach(v => Walk(v, seen));
                break;
        }
    }

    private static Redactor Make()
    {
        var key = new SecureString();
        foreach (char c in OddKey)
            key.AppendChar(c);
        return new Redactor(key);
    }
}
