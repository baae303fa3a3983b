using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class FailuresTests
{
    [Theory]
    [InlineData("Get", 404, null, ErrorIds.InstanceNotFound)]
    [InlineData("Metrics", 404, null, ErrorIds.InstanceNotFound)]
    [InlineData("List", 404, null, ErrorIds.InvalidRequest)]
    [InlineData("Stop", 401, null, ErrorIds.Unauthorized)]
    [InlineData("Stop", 402, null, ErrorIds.InsufficientBalance)]
    [InlineData("Stop", 403, null, ErrorIds.Forbidden)]
    [InlineData("Stop", 400, "provider cannot stop", ErrorIds.InvalidRequest)]
    [InlineData("Stop", 409, null, ErrorIds.Conflict)]
    [InlineData("Stop", 409, "no capacity", ErrorIds.Conflict)]
    [InlineData("Stop", 422, null, ErrorIds.InvalidRequest)]
    [InlineData("Stop", 408, null, ErrorIds.RequestTimeout)]
    [InlineData("Stop", 429, null, ErrorIds.RateLimited)]
    [InlineData("Stop", 500, null, ErrorIds.ServerError)]
    [InlineData("Stop", 502, null, ErrorIds.ServerError)]
    [InlineData("Stop", 418, null, ErrorIds.InvalidRequest)]
    [InlineData("Launch", 400, "GPU type h100_80gb is not available", ErrorIds.CapacityUnavailable)]
    [InlineData("Launch", 409, "No capacity for h100_80gb in eu", ErrorIds.CapacityUnavailable)]
    [InlineData("Launch", 422, "no h100_80gb available right now", ErrorIds.CapacityUnavailable)]
    [InlineData("Launch", 502, "GPU unavailable", ErrorIds.CapacityUnavailable)]
    [InlineData("Start", 503, "insufficient capacity", ErrorIds.CapacityUnavailable)]
    [InlineData("Start", 409, "insufficient capacity", ErrorIds.CapacityUnavailable)]
    [InlineData("Launch", 503, "Service Temporarily Unavailable", ErrorIds.ServerError)]
    [InlineData("Launch", 503, null, ErrorIds.ServerError)]
    [InlineData("Launch", 500, "no capacity", ErrorIds.ServerError)]
    [InlineData("Launch", 402, "no capacity", ErrorIds.InsufficientBalance)]
    [InlineData("Launch", 400, "no provider key is connected", ErrorIds.InvalidRequest)]
    [InlineData("Launch", 404, null, ErrorIds.InvalidRequest)]
    public void IdOf_DependsOnStatusThenText(string operation, int status, string? detail, string expected) =>
        Assert.Equal(expected, Failures.IdOf(Rows.Named(operation), status, detail));

    [Theory]
    [InlineData("{\"detail\":\"the provider cannot stop\"}", "the provider cannot stop", null)]
    [InlineData("{\"detail\":[{\"loc\":[\"body\",\"disk_size_gb\"],\"msg\":\"must be positive\",\"type\":\"value_error\"}]}", "disk_size_gb: must be positive", "disk_size_gb")]
    [InlineData("{\"detail\":[{\"loc\":[\"body\",\"gpus\",0,\"kind\"],\"msg\":\"unknown\"},{\"loc\":[\"body\",\"spot\"],\"msg\":\"no bool\"}]}", "gpus.0.kind: unknown; spot: no bool", "gpus.0.kind")]
    [InlineData("{\"detail\":[\"one\",\"two\"]}", "one; two", null)]
    [InlineData("{\"error\":{\"message\":\"nested\",\"code\":7}}", "nested", null)]
    [InlineData("{\"message\":\"plain\"}", "plain", null)]
    [InlineData("{\"detail\":{\"error\":{\"message\":\"deep\"}}}", "deep", null)]
    [InlineData("{\"detail\":\"bad\",\"field\":\"gpu\"}", "bad", "gpu")]
    [InlineData("\"just text\"", "just text", null)]
    [InlineData("plain words", "plain words", null)]
    [InlineData("<html><head><title>502 <b>Bad</b> Gateway</title></head><body>x</body></html>", "502  Bad  Gateway", null)]
    [InlineData("<!doctype html><body><h1>Oops</h1></body>", "an HTML page", null)]
    [InlineData("{\"detail\":\"a\\u001b[31mred\\nline\"}", "a [31mred line", null)]
    [InlineData("{\"code\":5}", null, null)]
    [InlineData("{\"detail\":null}", null, null)]
    [InlineData("", null, null)]
    [InlineData("   ", null, null)]
    public async Task Detail_IsFoundInEveryForm(string body, string? detail, string? field)
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(400, body)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.InvalidRequest, error.ErrorId);
        Assert.Equal(detail, error.Detail);
        Assert.Equal(field, error.Field);
        Assert.Equal("Reading instance inst_1 failed: " + (detail ?? "the server gave no reason") + " (HTTP 400).", error.Message);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public async Task Message_NamesStatusAndRequest_AndIsNotTooLong()
    {
        using var rig = new Rig(new Stub(() =>
        {
            var response = Stub.Json("{\"detail\":\"" + new string('x', 2000) + "\"}", 409);
            response.Headers.Add("x-request-id", "req_1");
            return response;
        }));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(500, error.Detail!.Length);
        Assert.EndsWith(" (HTTP 409, request req_1).", error.Message);
        Assert.Equal("req_1", error.RequestId);
        Assert.Equal(409, error.StatusCode);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed_AndNamesTheHostOnly()
    {
        var stub = new Stub(() =>
        {
            var response = Stub.Answer(302);
            response.Headers.Location = new System.Uri("https://evil.test/steal?token=abc");
            return response;
        });
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Contains("evil.test", error.Message);
        Assert.DoesNotContain("steal", error.Message);
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task Get_ThatKeepsFailing_IsTriedFourTimes()
    {
        var stub = new Stub(() => Stub.Answer(500));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.ServerError, error.ErrorId);
        Assert.Equal(4, stub.Count);
        Assert.Equal(4, rig.Observer.VerboseLines.Count(l => l.Contains("GET /v1/instances/inst_1: 500")));
        Assert.Equal(3, rig.Observer.VerboseLines.Count(l => l.Contains("Again in")));
    }
}
