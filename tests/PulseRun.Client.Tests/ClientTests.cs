using System;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests;

public class ClientTests
{
    [Fact]
    public async Task Operations_SendTheDocumentedRequests()
    {
        var stub = new Stub((request, _, _) => Task.FromResult(Stub.Json(
            request.RequestUri!.AbsolutePath.EndsWith("/metrics", StringComparison.Ordinal) ? "{\"gpu_utilization\":12.5}"
            : request.Method.Method == "GET" && request.RequestUri.AbsolutePath == "/v1/instances" ? "[" + Samples.Instance() + "]"
            : Samples.Instance())));
        using var rig = new Rig(stub);
        await rig.ListAsync("running");
        await rig.ListAsync();
        await rig.GetAsync();
        await rig.StopAsync();
        await rig.StartAsync();
        await rig.RemoveAsync();
        await rig.MetricsAsync();
        await rig.LaunchAsync();
        Assert.Equal(
            [
                "GET /v1/instances?status=running",
                "GET /v1/instances",
                "GET /v1/instances/inst_1",
                "POST /v1/instances/inst_1/stop",
                "POST /v1/instances/inst_1/start",
                "DELETE /v1/instances/inst_1",
                "GET /v1/instances/inst_1/metrics",
                "POST /v1/instances",
            ],
            stub.Requests.Select(r => r.ToString()));
        Assert.All(stub.Requests, r => Assert.Equal("Bearer " + Rig.Key, r.Authorization));
        Assert.All(stub.Messages, m => Assert.Null(m.Headers.Authorization));
        Assert.Equal("{\"gpu\":\"h100_80gb\",\"template\":\"pytorch\"}", stub.Requests.Last().Body);
    }

    [Theory]
    [InlineData("https://api.test/prefix/", "/prefix/v1/instances/inst_1")]
    [InlineData("https://api.test/prefix", "/prefix/v1/instances/inst_1")]
    public async Task BaseUri_WithAPath_KeepsIt(string address, string path)
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub, address: address);
        await rig.GetAsync();
        Assert.Equal(path, stub.Requests[0].Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a%2fb")]
    public async Task Id_Invalid_IsRejectedBeforeSending(string id)
    {
        var stub = new Stub(() => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub);
        foreach (var act in new Func<Task>[] { () => rig.GetAsync(id), () => rig.StopAsync(id), () => rig.StartAsync(id), () => rig.RemoveAsync(id), () => rig.MetricsAsync(id) })
        {
            var error = await Assert.ThrowsAsync<PulseRunException>(act);
            Assert.Equal(ErrorIds.InvalidRequest, error.ErrorId);
        }
        Assert.Equal(0, stub.Count);
    }

    [Fact]
    public async Task Calls_AfterClose_ThrowNotConnected()
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Samples.Instance())));
        rig.Context.Close();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync());
        Assert.Equal(ErrorIds.NotConnected, error.ErrorId);
    }
}
