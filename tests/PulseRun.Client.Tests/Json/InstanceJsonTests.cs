using System;
using System.Linq;
using System.Collections.Generic;
using System.Threading.Tasks;
using PulseRun.Client.Json;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Json;

public class InstanceJsonTests
{
    [Fact]
    public async Task Instance_Whole_HasEveryField()
    {
        var instance = await ReadAsync(Samples.Instance().Replace("\"started_at\":null", "\"started_at\":\"2026-03-01T12:05:00Z\""));
        Assert.Equal("inst_1", instance.Id);
        Assert.Equal("running", instance.Status);
        Assert.Equal("a100_80gb", instance.Gpu);
        Assert.Equal("NVIDIA A100 80GB", instance.GpuName);
        Assert.Equal("vast_ai", instance.Provider);
        Assert.Equal("us-east", instance.Region);
        Assert.Equal("203.0.113.7", instance.Ip);
        Assert.Equal("ssh root@203.0.113.7 -p 22", instance.SshCommand);
        Assert.Equal("https://nb.test/lab?token=JUPYTERTOKEN1", instance.GetJupyterUrl());
        Assert.Equal(0.95m, instance.CostPerHour);
        Assert.Equal("pytorch", instance.Template);
        Assert.False(instance.Spot);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 5, 0, TimeSpan.Zero), instance.StartedAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), instance.CreatedAt);
        Assert.Equal(InstanceField.AllBits, instance.Fields);
        Assert.Empty(instance.AdditionalProperties);
    }

    [Theory]
    [InlineData("\"2026-03-01T12:00:00Z\"", 0)]
    [InlineData("\"2026-03-01T12:00:00.5Z\"", 500)]
    [InlineData("\"2026-03-01T12:00:00.123456789Z\"", 123)]
    [InlineData("\"2026-03-01T12:00:00\"", 0)]
    [InlineData("\"2026-03-01T12:00:00.25\"", 250)]
    [InlineData("\"2026-03-01 12:00:00\"", 0)]
    [InlineData("\"2026-03-01T14:00:00+02:00\"", 0)]
    [InlineData("\"2026-03-01T07:30:00-04:30\"", 0)]
    public async Task Date_OfAnyUsualForm_IsUtc(string json, int milliseconds)
    {
        var instance = await ReadAsync("{\"id\":\"inst_1\",\"created_at\":" + json + "}");
        Assert.Equal(TimeSpan.Zero, instance.CreatedAt!.Value.Offset);
        Assert.Equal(milliseconds, (int)(instance.CreatedAt.Value - new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)).TotalMilliseconds);
    }

    [Theory]
    [InlineData("created_at", "\"yesterday\"", "yesterday")]
    [InlineData("created_at", "\"5\"", "5")]
    [InlineData("created_at", "1772366400", 1772366400L)]
    [InlineData("started_at", "true", true)]
    [InlineData("cost_per_hour", "\"cheap\"", "cheap")]
    [InlineData("cost_per_hour", "1e400", "1e400")]
    [InlineData("spot", "\"perhaps\"", "perhaps")]
    [InlineData("spot", "2", 2L)]
    public async Task Value_OfTheWrongType_GoesToAdditionalProperties(string field, string json, object kept)
    {
        var instance = await ReadAsync("{\"id\":\"inst_1\",\"" + field + "\":" + json + "}");
        Assert.Equal(kept, instance.AdditionalProperties[field]);
        Assert.Null(instance.CreatedAt);
        Assert.Null(instance.StartedAt);
        Assert.Null(instance.CostPerHour);
        Assert.Null(instance.Spot);
    }

    [Fact]
    public async Task Values_InAnotherForm_AreUnderstood()
    {
        var instance = await ReadAsync("{\"id\":\"inst_1\",\"status\":7,\"cost_per_hour\":\"1.25\",\"spot\":\"true\",\"template\":false,\"gpu\":null,\"region\":\"us\\u002deast\"}");
        Assert.Equal("7", instance.Status);
        Assert.Equal(1.25m, instance.CostPerHour);
        Assert.True(instance.Spot);
        Assert.Equal("false", instance.Template);
        Assert.Null(instance.Gpu);
        Assert.Equal("us-east", instance.Region);
        Assert.Equal(
            ["id", "status", "gpu", "region", "cost_per_hour", "template", "spot"],
            InstanceField.All.Where(field => (instance.Fields & field.Bit) != 0).Select(field => field.Name));
    }

    [Fact]
    public async Task Values_Unknown_BecomePlainValues()
    {
        var instance = await ReadAsync(
            "{\"id\":\"inst_1\",\"a\":1,\"b\":1.5,\"c\":1e300,\"d\":\"x\",\"e\":true,\"f\":null,\"g\":[1,\"y\",{}],\"h\":{\"i\":[]},\"status\":{\"was\":\"running\"}}");
        var more = instance.AdditionalProperties;
        Assert.Equal(1L, more["a"]);
        Assert.Equal(1.5m, more["b"]);
        Assert.Equal(1e300, more["c"]);
        Assert.Equal("x", more["d"]);
        Assert.Equal(true, more["e"]);
        Assert.Null(more["f"]);
        Assert.True(more.ContainsKey("f"));
        var list = Assert.IsType<object?[]>(more["g"]);
        Assert.IsType<Dictionary<string, object?>>(list[2]);
        Assert.IsType<object?[]>(Assert.IsType<Dictionary<string, object?>>(more["h"])["i"]);
        Assert.Null(instance.Status);
        Assert.IsType<Dictionary<string, object?>>(more["status"]);
    }

    [Theory]
    [InlineData("", ErrorIds.MalformedResponse)]
    [InlineData("  ", ErrorIds.MalformedResponse)]
    [InlineData("oops", ErrorIds.MalformedResponse)]
    [InlineData("<html></html>", ErrorIds.MalformedResponse)]
    [InlineData("[]", ErrorIds.MalformedResponse)]
    [InlineData("null", ErrorIds.MalformedResponse)]
    [InlineData("{}", ErrorIds.MalformedResponse)]
    [InlineData("{\"id\":\"inst_2\"}", ErrorIds.MalformedResponse)]
    [InlineData("{\"id\":\"inst_1\"} x", ErrorIds.MalformedResponse)]
    [InlineData("{\"id\":\"inst_1\",\"st", ErrorIds.MalformedResponse)]
    public async Task Answer_Invalid_IsMalformed(string body, string errorId)
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(200, body)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(errorId, error.ErrorId);
    }

    [Fact]
    public async Task Answer_CutOnce_IsReadAgain()
    {
        var stub = new Stub(() => Stub.Answer(200, "{\"id\":\"inst_1\",\"st"), () => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        Assert.Equal("running", (await rig.GetAsync()).Status);
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Answer_WithByteOrderMark_IsRead() =>
        Assert.Equal("running", (await ReadAsync("\uFEFF" + Samples.Instance())).Status);

    [Fact]
    public async Task Answer_TooDeep_IsMalformed()
    {
        string deep = new string('[', 40) + new string(']', 40);
        using var rig = new Rig(new Stub(() => Stub.Json("{\"id\":\"inst_1\",\"x\":" + deep + "}")));
        Assert.Equal(ErrorIds.MalformedResponse, (await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync())).ErrorId);
    }

    [Fact]
    public async Task Answer_TooLarge_IsMalformed()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"id\":\"inst_1\",\"x\":\"" + new string('x', 5 << 20) + "\"}")));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Contains("4 MB", error.Message);
    }

    [Fact]
    public async Task ErrorText_TooLarge_IsMalformed()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"detail\":\"" + new string('x', 80 << 10) + "\"}", 400)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Equal(400, error.StatusCode);
    }

    [Fact]
    public async Task Origin_IsTheContext()
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Samples.Instance())));
        Assert.Same(rig.Context, (await rig.GetAsync()).Origin);
    }

    private static async Task<Instance> ReadAsync(string json)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(json)));
        return await rig.GetAsync();
    }
}
