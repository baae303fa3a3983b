using System;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Calls;
using PulseRun.Client.Http;
using PulseRun.Client.Redaction;
using PulseRun.Client.Tests.Support;
using PulseRun.Client.Wire;
using Xunit;

namespace PulseRun.Client.Tests.Calls;

public class LaunchTests
{
    [Fact]
    public async Task Launch_Whole_IsOneRequest()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance(status: "provisioning"), 201));
        using var rig = new Rig(stub);
        Assert.Equal("provisioning", (await rig.LaunchAsync()).Status);
        Assert.Equal(1, stub.Count);
        Assert.Equal(["h100_80gb (pytorch)"], rig.Observer.SentIds);
    }

    [Fact]
    public async Task Launch_SendsEveryField_AsTheApiSpellsIt()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        await rig.Client.LaunchAsync(
            new LaunchRequest
            {
                Gpu = "h100_80gb",
                Template = "custom",
                DockerImage = "a/b:c",
                DiskSizeGb = 80,
                Region = "eu",
                Spot = true,
                SshKeyId = "key_1",
                Provider = "auto",
                AutoMigrate = false,
                AutoSpotRecovery = true,
                BudgetLimit = 12.5m,
            },
            rig.Observer,
            Rig.None);
        Assert.Equal(
            "{\"gpu\":\"h100_80gb\",\"template\":\"custom\",\"docker_image\":\"a/b:c\",\"disk_size_gb\":80,\"region\":\"eu\",\"spot\":true,\"ssh_key_id\":\"key_1\","
            + "\"provider\":\"auto\",\"auto_migrate\":false,\"auto_spot_recovery\":true,\"budget_limit\":12.5}",
            stub.Requests[0].Body);
    }

    [Fact]
    public async Task Launch_Partial_ReadsTheRest()
    {
        var stub = new Stub(() => Stub.Json("{\"id\":\"inst_1\",\"status\":\"provisioning\"}", 202), () => Stub.Json(Samples.Instance(status: "provisioning")));
        using var rig = new Rig(stub);
        Assert.Equal("a100_80gb", (await rig.LaunchAsync()).Gpu);
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Launch_Partial_WithoutTheRest_IsLaunchedAllTheSame()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"id\":\"inst_1\"}"), () => Stub.Answer(404)));
        Assert.Equal("inst_1", (await rig.LaunchAsync()).Id);
        Assert.Single(rig.Observer.Warnings);
    }

    [Fact]
    public async Task Launch_RefusedByTheRateLimit_IsSentAgain()
    {
        var stub = new Stub(() => Stub.Refusal("2"), () => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.LaunchAsync(), TimeSpan.FromMilliseconds(100))).Id);
        Assert.Equal(2, stub.Count);
    }

    [Theory]
    [InlineData("500", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("502", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("503 no capacity", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("408", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("302", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("cut", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("half", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("empty", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("html", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("nameless", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("broken", ErrorIds.LaunchOutcomeUnknown)]
    [InlineData("400", ErrorIds.InvalidRequest)]
    [InlineData("401", ErrorIds.Unauthorized)]
    [InlineData("402", ErrorIds.InsufficientBalance)]
    [InlineData("409 no capacity", ErrorIds.CapacityUnavailable)]
    [InlineData("422", ErrorIds.InvalidRequest)]
    public async Task Launch_ThatFails_IsSentOnce(string how, string errorId)
    {
        var stub = new Stub((_, _, _) => how switch
        {
            "cut" => throw new HttpRequestException("reset", new IOException("reset")),
            "half" => Task.FromResult(Stub.Json("{\"id\":\"inst")),
            "empty" => Task.FromResult(Stub.Answer(204)),
            "html" => Task.FromResult(Stub.Answer(200, "<html>", "text/html")),
            "nameless" => Task.FromResult(Stub.Json("{\"status\":\"provisioning\"}")),
            "broken" => Task.FromResult(Script.Answer("{\"id\"", new IOException("cut"))),
            _ => Task.FromResult(Stub.Json("{\"detail\":\"" + how.Substring(3) + "\"}", int.Parse(how.Substring(0, 3), System.Globalization.CultureInfo.InvariantCulture))),
        });
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.LaunchAsync());
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task Launch_ThatHangs_IsSentOnce()
    {
        var stub = Stub.Hanging();
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.LaunchAsync(), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task Doubt_KnowsWhenItWasSent_ByTheServersClock()
    {
        var date = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var time = new FakeTimeProvider(date.AddYears(-1));
        var stub = new Stub(() =>
        {
            time.Advance(TimeSpan.FromSeconds(3));
            var response = Stub.Answer(500);
            response.Headers.Date = date;
            return response;
        });
        using var rig = new Rig(stub, time);
        using var http = new HttpClient(stub, disposeHandler: false) { BaseAddress = rig.Context.BaseUri };
        using var redactor = new Redactor(rig.Context.Settings.Key);
        var launch = new LaunchCall(
            Refit.RestService.ForGenerated<IPulseRunApi>(http, PulseRunClient.Settings()),
            new Sender(rig.Context, rig.Gate, rig.Time, () => 0, redactor),
            new SingleReader(new InstanceReader(rig.Context, redactor), redactor),
            rig.Time);
        var outcome = await launch.SendAsync(new LaunchRequest { Gpu = "g", Template = "t" }, "intent-1", rig.Observer, Rig.None);
        var doubt = Assert.IsType<Doubtful>(outcome);
        Assert.Equal(ErrorIds.ServerError, doubt.Cause.ErrorId);
        Assert.Equal(date - TimeSpan.FromSeconds(3), doubt.SentAtServerTime);
        Assert.Equal(date.AddYears(-1), doubt.SentAt);
        Assert.Equal("intent-1", stub.Requests[0].Intent);
    }

    [Fact]
    public async Task Launch_ThatIsWrong_IsNotSent()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.LaunchAsync(new LaunchRequest { Gpu = "x" }, rig.Observer, Rig.None));
        Assert.Equal("Template", error.Field);
        Assert.Equal(0, stub.Count);
    }
}
