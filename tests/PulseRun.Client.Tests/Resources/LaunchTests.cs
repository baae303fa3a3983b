using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.Launch;
using PulseRun.Client.Resources;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

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
        await rig.LaunchAsync(new LaunchRequest
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
        });
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
    public async Task Launch_Partial_WithoutTheRest_IsLaunched()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"id\":\"inst_1\"}"), () => Stub.Answer(404)));
        Assert.Equal("inst_1", (await rig.LaunchAsync()).Id);
        Assert.Single(rig.Observer.Warnings);
    }

    [Fact]
    public async Task Launch_RejectedByTheRateLimit_IsSentAgain()
    {
        var stub = new Stub(() => Stub.Refusal("2"), () => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.LaunchAsync(), TimeSpan.FromMilliseconds(100))).Id);
        Assert.Equal(2, stub.Count);
    }

    /// <summary>Nothing is listed afterwards, so each launch turns out not to have happened; a launch that may have happened is looked for first.</summary>
    [Theory]
    [InlineData("500", ErrorIds.ServerError, true)]
    [InlineData("502", ErrorIds.ServerError, true)]
    [InlineData("503 no capacity", ErrorIds.CapacityUnavailable, true)]
    [InlineData("408", ErrorIds.RequestTimeout, true)]
    [InlineData("302", ErrorIds.MalformedResponse, true)]
    [InlineData("cut", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("half", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("empty", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("html", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("nameless", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("broken", ErrorIds.LaunchOutcomeUnknown, true)]
    [InlineData("400", ErrorIds.InvalidRequest, false)]
    [InlineData("401", ErrorIds.Unauthorized, false)]
    [InlineData("402", ErrorIds.InsufficientBalance, false)]
    [InlineData("403", ErrorIds.Forbidden, false)]
    [InlineData("409", ErrorIds.Conflict, false)]
    [InlineData("409 no capacity", ErrorIds.CapacityUnavailable, false)]
    [InlineData("422", ErrorIds.InvalidRequest, false)]
    public async Task Launch_ThatFails_IsSentOnce(string how, string errorId, bool isIndeterminate)
    {
        var stub = new Stub((request, _, _) => request.Method == HttpMethod.Get ? Task.FromResult(Stub.Json("[]")) : how switch
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
        Assert.Equal(isIndeterminate ? ["POST /v1/instances", "GET /v1/instances"] : ["POST /v1/instances"], stub.Requests.Select(r => r.ToString()));
        // Without an answer from the server, the launch may still be under way there.
        Assert.Equal(isIndeterminate && errorId != ErrorIds.LaunchOutcomeUnknown, error.Message.Contains("It was not launched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Launch_ThatHangs_IsSentOnce()
    {
        var stub = new Stub(async (request, _, cancel) =>
        {
            if (request.Method == HttpMethod.Post)
                await Task.Delay(Timeout.Infinite, cancel);
            return Stub.Json("[]");
        });
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.LaunchAsync(), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.RequestTimeout, error.ErrorId);
        Assert.Equal(["POST /v1/instances", "GET /v1/instances"], stub.Requests.Select(r => r.ToString()));
    }

    [Fact]
    public async Task Sending_CarriesTheIntent_AndLearnsTheServersClock()
    {
        var date = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var stub = new Stub(() =>
        {
            var response = Stub.Answer(500);
            response.Headers.Date = date;
            return response;
        });
        using var rig = new Rig(stub, new FakeTimeProvider(date.AddYears(-1)));
        using var redactor = new Redactor(rig.Context.Settings.Key);
        var clock = new ServerClock(() => rig.Time.GetUtcNow(), rig.Time, 1);
        using var http = new HttpClient(new AttemptHandler(rig.Context.BaseUri, rig.Context.Settings.Key, rig.Time, clock, redactor, stub), disposeHandler: false) { BaseAddress = rig.Context.BaseUri };
        var launch = new LaunchCall(
            Refit.RestService.ForGenerated<IPulseRunApi>(http, PulseRunClient.Settings()),
            new RequestExecutor(rig.Context, rig.Gate, rig.Time, () => 0, redactor),
            new SingleReader(new InstanceReader(rig.Context, redactor), redactor));
        var sent = clock.Steady;
        Assert.Null(clock.TimeAt(sent, sent));
        var answer = await launch.SendAsync(new LaunchRequest { Gpu = "g", Template = "t" }, "intent-1", null, rig.Observer, Rig.None);
        Assert.Equal(ErrorIds.ServerError, Assert.IsType<Indeterminate>(answer).Cause.ErrorId);
        Assert.Equal("intent-1", stub.Requests[0].Intent);
        Assert.Equal(date + TimeSpan.FromSeconds(0.5), clock.TimeAt(sent, sent));
    }

    [Fact]
    public async Task Launch_Invalid_IsNotSent()
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.LaunchAsync(new LaunchRequest { Gpu = "x" }));
        Assert.Equal("Template", error.Field);
        Assert.Equal(0, stub.Count);
    }
}
