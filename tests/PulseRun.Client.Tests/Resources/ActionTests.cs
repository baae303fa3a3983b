using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

public class ActionTests
{
    private const string Partial = "{\"id\":\"inst_1\",\"status\":\"stopping\"}";

    [Fact]
    public async Task Stop_WithAWholeAnswer_SendsOneRequest()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance(status: "stopping")));
        using var rig = new Rig(stub);
        Assert.Equal("stopping", (await rig.StopAsync()).Status);
        Assert.Equal(1, stub.Count);
        Assert.Equal(["inst_1"], rig.Observer.SentIds);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(202, "")]
    [InlineData(204, "")]
    [InlineData(200, "{}")]
    [InlineData(200, Partial)]
    [InlineData(200, "{\"ok\":true}")]
    [InlineData(200, "OK")]
    [InlineData(200, "{\"id\":\"inst_1\",\"sta")]
    [InlineData(200, "[]")]
    [InlineData(200, "WRONG")]
    public async Task Act_WithAPartialAnswer_ReadsTheRestOnce(int status, string body)
    {
        foreach (string verb in new[] { "stop", "start" })
        {
            body = body == "WRONG" ? Samples.Instance("inst_2", "stopped") : body;
            var stub = new Stub(() => Stub.Answer(status, body), () => Stub.Json(Samples.Instance(status: "changed")));
            using var rig = new Rig(stub);
            var now = verb == "stop" ? await rig.StopAsync() : await rig.StartAsync();
            Assert.Equal("changed", now.Status);
            Assert.Equal(["POST /v1/instances/inst_1/" + verb, "GET /v1/instances/inst_1"], stub.Requests.Select(r => r.ToString()));
        }
    }

    [Fact]
    public async Task Stop_WithAllKnownFields_NeedsNoGet()
    {
        var stub = new Stub(() => Stub.Json("{\"id\":\"inst_1\",\"status\":\"running\"}"), () => Stub.Json(Partial));
        using var rig = new Rig(stub);
        var known = await rig.GetAsync();
        Assert.Equal("stopping", (await rig.StopAsync(known: known)).Status);
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Stop_WhoseAnswerIsCut_IsNotSentAgain()
    {
        var stub = new Stub(() => Script.Answer("{\"id\":", new IOException("cut")), () => Stub.Json(Samples.Instance(status: "stopped")));
        using var rig = new Rig(stub);
        Assert.Equal("stopped", (await rig.StopAsync()).Status);
        Assert.Equal("GET", stub.Requests[1].Method);
    }

    [Fact]
    public async Task Stop_WhoseStateCannotBeRead_ReturnsTheKnownInstance_WithAWarning()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()), () => Stub.Json(Partial), () => Stub.Answer(403));
        using var rig = new Rig(stub);
        var known = await rig.GetAsync();
        var now = await rig.StopAsync(known: known);
        Assert.Equal("stopping", now.Status);
        Assert.Equal(known.GpuName, now.GpuName);
        Assert.Single(rig.Observer.Warnings);
    }

    [Fact]
    public async Task Stop_WhoseStateIsUnknown_ReportsThatItWasAccepted()
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(204), () => Stub.Answer(403)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.StopAsync());
        Assert.Equal(ErrorIds.Forbidden, error.ErrorId);
        Assert.Contains("was accepted", error.Message);
    }

    [Theory]
    [InlineData(200, "", "terminated")]
    [InlineData(202, "", "terminated")]
    [InlineData(204, "", "terminated")]
    [InlineData(200, "{\"id\":\"inst_1\",\"status\":\"terminating\"}", "terminating")]
    [InlineData(200, "{\"message\":\"gone\"}", "terminated")]
    [InlineData(200, "{\"id\":\"inst_2\",\"status\":\"running\"}", "terminated")]
    public async Task Remove_NeverReads(int status, string body, string expected)
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()), () => Stub.Answer(status, body), () => Stub.Answer(status, body));
        using var rig = new Rig(stub);
        var known = await rig.GetAsync();
        var removed = await rig.RemoveAsync(known: known);
        Assert.Equal(expected, removed.Status);
        Assert.Equal("inst_1", removed.Id);
        Assert.Equal(known.GpuName, removed.GpuName);
        var unknown = await rig.RemoveAsync();
        Assert.Equal(expected, unknown.Status);
        Assert.Equal("inst_1", unknown.Id);
        Assert.Same(rig.Context, unknown.Origin);
        Assert.Equal(3, stub.Count);
    }

    [Theory]
    [InlineData("stop", "stopped", true)]
    [InlineData("stop", "stopping", true)]
    [InlineData("stop", "running", false)]
    [InlineData("start", "running", true)]
    [InlineData("start", "starting", true)]
    [InlineData("start", "provisioning", true)]
    [InlineData("start", "terminated", false)]
    [InlineData("remove", "terminated", true)]
    [InlineData("remove", "terminating", true)]
    [InlineData("remove", "running", false)]
    public async Task Conflict_AboutTheWantedState_IsSuccess(string verb, string state, bool isSuccess)
    {
        foreach (int status in new[] { 409, 500 })
        {
            int acts = status == 409 ? 1 : 4;
            var answers = Enumerable.Repeat((Func<System.Net.Http.HttpResponseMessage>)(() => Stub.Json("{\"detail\":\"is so already\"}", status)), acts)
                .Append(() => Stub.Json(Samples.Instance(status: state))).ToArray();
            var stub = new Stub(answers);
            using var rig = new Rig(stub);
            var act = ActAsync(rig, verb);
            if (isSuccess)
            {
                Assert.Equal(state, (await act).Status);
                Assert.Contains(rig.Observer.VerboseLines, l => l.Contains("already"));
            }
            else
            {
                var error = await Assert.ThrowsAsync<PulseRunException>(() => act);
                Assert.Equal(status == 409 ? ErrorIds.Conflict : ErrorIds.ServerError, error.ErrorId);
                Assert.Equal("is so already", error.Detail);
            }
            Assert.Equal(acts + 1, stub.Count);
        }
    }

    [Fact]
    public async Task Remove_NotFoundAfterAnUnclearAnswer_IsSuccess()
    {
        var stub = new Stub(() => Stub.Answer(500), () => Stub.Answer(404));
        using var rig = new Rig(stub);
        Assert.Equal("terminated", (await rig.RemoveAsync()).Status);
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Remove_NotFoundAtOnce_IsAnError()
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(404)));
        Assert.Equal(ErrorIds.InstanceNotFound, (await Assert.ThrowsAsync<PulseRunException>(() => rig.RemoveAsync())).ErrorId);
    }

    [Fact]
    public async Task Remove_NotFoundAfterA429_IsAnError()
    {
        using var rig = new Rig(new Stub(() => Stub.Refusal("1"), () => Stub.Answer(404)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.RemoveAsync(), TimeSpan.FromMilliseconds(100)));
        Assert.Equal(ErrorIds.InstanceNotFound, error.ErrorId);
    }

    [Fact]
    public async Task Remove_UnclearAfterAllRetries_ButGone_IsSuccess()
    {
        var stub = new Stub(() => Stub.Answer(500), () => Stub.Answer(502), () => Stub.Answer(503), () => Stub.Answer(504), () => Stub.Answer(404));
        using var rig = new Rig(stub);
        Assert.Equal("terminated", (await rig.RemoveAsync()).Status);
    }

    [Fact]
    public async Task Stop_AfterAnEffectAndA500_IsSuccess()
    {
        var stub = new Stub(() => Stub.Answer(500), () => Stub.Answer(409), () => Stub.Json(Samples.Instance(status: "stopped")));
        using var rig = new Rig(stub);
        Assert.Equal("stopped", (await rig.StopAsync()).Status);
    }

    [Fact]
    public async Task Start_WithoutCapacity_SendsNoGet()
    {
        var stub = new Stub(() => Stub.Json("{\"detail\":\"no capacity in us-east\"}", 503));
        using var rig = new Rig(stub);
        Assert.Equal(ErrorIds.CapacityUnavailable, (await Assert.ThrowsAsync<PulseRunException>(() => rig.StartAsync())).ErrorId);
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task Stop_ThatHangs_TimesOut_AndTheStateDecides()
    {
        var never = Stub.Hanging();
        using var rig = new Rig(never, configure: o => o.Timeout = TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.StopAsync(), TimeSpan.FromMilliseconds(500)));
        Assert.Equal(ErrorIds.RequestTimeout, error.ErrorId);
        Assert.Contains("5 s", error.Message);
        Assert.Equal(["POST", "POST", "GET", "GET"], never.Requests.Select(r => r.Method));
    }

    private static Task<Instance> ActAsync(Rig rig, string verb) => verb switch
    {
        "stop" => rig.StopAsync(),
        "start" => rig.StartAsync(),
        _ => rig.RemoveAsync(),
    };
}
