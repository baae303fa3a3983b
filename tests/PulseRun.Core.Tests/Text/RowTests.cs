using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class RowTests
{
    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    public void ToRow_IsTheSameInEveryCulture(string culture)
    {
        CultureInfo was = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            IDictionary row = new Instance
            {
                Id = "inst_1",
                CostPerHour = 2.5m,
                Spot = true,
                CreatedAt = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2)),
                JupyterUrl = "https://u:p@x.test/lab?token=s3cret#f",
                AdditionalProperties = new Dictionary<string, object?> { ["tags"] = new object?[] { "a\"b", 1.5, null, true }, ["more"] = new Dictionary<string, object?> { ["x"] = 1L } },
            }.ToRow();
            Assert.Equal("2026-03-01T12:00:00Z", row["CreatedAt"]);
            Assert.Equal("2.5", row["CostPerHour"]);
            Assert.Equal("True", row["Spot"]);
            Assert.Equal("", row["StartedAt"]);
            Assert.Equal("https://x.test/lab", row["JupyterUrl"]);
            Assert.Equal("""{"tags":["a\"b",1.5,null,true],"more":{"x":1}}""", row["AdditionalProperties"]);
            IDictionary reading = new InstanceMetrics { Id = "inst_1", GpuUtilization = 12.5, Uptime = TimeSpan.FromHours(25), Gpus = [new() { Utilization = 93 }, new() { Utilization = null }] }.ToRow();
            Assert.Equal("12.5", reading["GpuUtilization"]);
            Assert.Equal("1.01:00:00", reading["Uptime"]);
            Assert.Equal("93/ /", reading["Gpus"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = was;
        }
    }

    [Fact]
    public void Nested_AreTextInAnyObject()
    {
        Assert.Equal("", new Instance().AdditionalProperties.ToString());
        Assert.Equal("inst_a inst_b", new global::PulseRun.Launch { Candidates = new Instance[] { new() { Id = "inst_a" }, new() { Id = "inst_b" } } }.Candidates.ToString());
        Assert.Equal("{\"a\":[],\"b\":{}}", PropertyBag.Of(new Dictionary<string, object?> { ["a"] = Array.Empty<object?>(), ["b"] = new Dictionary<string, object?>() }).ToString());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("https://x.test/lab", "https://x.test/lab")]
    [InlineData("https://x.test/?token=a", "https://x.test/")]
    [InlineData("https://x.test#token=a", "https://x.test")]
    [InlineData("https://u:p@x.test/a@b?c", "https://x.test/a@b")]
    [InlineData("https://a@b@x.test", "https://x.test")]
    [InlineData("https://", "https://")]
    [InlineData("https:///x", "https:///x")]
    [InlineData("javascript:alert(1)?x", "javascript:alert(1)")]
    public void JupyterUrl_HasNoQueryFragmentOrUser(string? whole, string? shown)
    {
        var instance = new Instance { JupyterUrl = whole };
        Assert.Equal(shown, instance.JupyterUrl);
        Assert.Equal(whole, instance.GetJupyterUrl());
        Assert.Equal(whole, instance.WithStatus("stopped").GetJupyterUrl());
    }

    [Fact]
    public void NoPropertyOfAnInstanceHoldsTheToken() => Assert.DoesNotContain(
        typeof(Instance).GetProperties(),
        property => property.GetValue(new Instance { JupyterUrl = "https://x.test/?token=s3cret" })?.ToString()?.Contains("s3cret", StringComparison.Ordinal) ?? false);
}
