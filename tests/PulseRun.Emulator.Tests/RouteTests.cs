using System;
using System.IO;
using System.Linq;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class RouteTests
{
    [Theory]
    [InlineData("GET", "/v1/instances", 200)]
    [InlineData("GET", "/v1/instances?status=running", 200)]
    [InlineData("GET", "/v1/instances/{id}", 200)]
    [InlineData("GET", "/v1/instances/{id}/metrics", 200)]
    [InlineData("POST", "/v1/instances/{id}/stop", 200)]
    [InlineData("POST", "/v1/instances/{id}/start", 409)]
    [InlineData("DELETE", "/v1/instances/{id}", 200)]
    [InlineData("GET", "/v1/billing/balance", 200)]
    [InlineData("GET", "/v1/billing/transactions", 200)]
    [InlineData("GET", "/v1/instances/inst_nobody", 404)]
    [InlineData("GET", "/v1/instances/inst_nobody/metrics", 404)]
    [InlineData("POST", "/v1/instances/inst_nobody/stop", 404)]
    [InlineData("POST", "/v1/instances/inst_nobody/start", 404)]
    [InlineData("DELETE", "/v1/instances/inst_nobody", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v2/instances", 404)]
    [InlineData("GET", "/instances", 404)]
    [InlineData("GET", "/v1/instances/", 404)]
    [InlineData("POST", "/v1/instances/{id}/reboot", 404)]
    [InlineData("POST", "/v1/instances/{id}/stop/now", 404)]
    [InlineData("POST", "/v1/instances/{id}%2Fstop", 405)]
    [InlineData("GET", "/v1/instances/{id}%2Fmetrics", 404)]
    [InlineData("GET", "/v1/Instances", 404)]
    [InlineData("PUT", "/v1/instances/{id}", 405)]
    [InlineData("DELETE", "/v1/instances", 405)]
    [InlineData("GET", "/v1/instances/{id}/stop", 405)]
    [InlineData("POST", "/v1/billing/balance", 405)]
    public async Task Every_route_answers_its_status(string method, string path, int status)
    {
        foreach (TransportKind transport in new[] { TransportKind.InProcess, TransportKind.Loopback })
        {
            using var rig = new Rig(transport);
            string here = path.Replace("{id}", rig.Running());
            Answer answer = await rig.Send(method, here);
            Assert.Equal(status, answer.Status);
            Assert.Equal(status, rig.Emulator.Requests.Single().Status);
            Assert.Equal(here, rig.Emulator.Requests.Single().Path);
            if (status >= 400)
                Assert.NotEmpty(answer.Detail);
        }
    }

    [Theory]
    [InlineData("/v1/instances/../instances")]
    [InlineData("/v1/instances/{id}/../{id}/stop")]
    [InlineData("/v1/instances/./{id}/stop")]
    [InlineData("/v1//instances/{id}/stop")]
    public async Task A_path_on_the_wire_is_never_folded_into_another(string path)
    {
        using var rig = new Rig(TransportKind.Loopback);
        string id = rig.Running();
        string answer = await RawAsync(rig, "POST " + path.Replace("{id}", id) + " HTTP/1.1");
        Assert.Matches("^HTTP/1.1 4[0-9][0-9]", answer);
        Assert.Equal("running", rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer pr_test_wrong")]
    [InlineData("Bearer")]
    [InlineData("Basic pr_test_emulator")]
    public async Task Without_its_key_every_request_is_rejected(string? authorization)
    {
        foreach (TransportKind transport in new[] { TransportKind.InProcess, TransportKind.Loopback })
        {
            using var rig = new Rig(transport);
            string id = rig.Running();
            rig.Http.DefaultRequestHeaders.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
            Assert.Equal(401, (await rig.Send("DELETE", "/v1/instances/" + id)).Status);
            Assert.Equal(401, (await rig.Launch()).Status);
            Assert.NotEmpty((await rig.Get("/v1/instances")).Detail);
            Assert.Equal("running", rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
            Assert.Equal(7, rig.Emulator.Instances.Count);
            Assert.All(rig.Emulator.Requests, request => Assert.Equal(authorization is not null, request.HasAuthorization));
        }
    }

    [Fact]
    public async Task A_wrong_method_returns_the_allowed_ones()
    {
        using var rig = new Rig();
        Assert.Equal("GET, POST", (await rig.Send("DELETE", "/v1/instances")).Header("Allow"));
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task The_date_header_is_the_emulators_clock(TransportKind transport)
    {
        using var rig = new Rig(transport);
        rig.Emulator.Advance(TimeSpan.FromDays(40));
        foreach (string path in new[] { "/v1/instances", "/nowhere" })
            Assert.Equal("Fri, 10 Apr 2026 12:00:00 GMT", (await rig.Get(path)).Header("Date"));
    }

    [Fact]
    public async Task The_request_log_has_the_idempotency_key_and_the_time_but_not_the_api_key()
    {
        using var rig = new Rig();
        rig.Emulator.Advance(TimeSpan.FromMinutes(2));
        rig.Http.DefaultRequestHeaders.Add("Idempotency-Key", "intent-1");
        await rig.Get("/v1/instances?status=stopped");
        EmulatorRequest request = rig.Emulator.Requests.Single();
        Assert.Equal("GET /v1/instances?status=stopped 200", request.ToString());
        Assert.Equal("intent-1", request.IdempotencyKey);
        Assert.Equal(Rig.Start.AddMinutes(2), request.Time);
        Assert.True(request.HasAuthorization);
        rig.Emulator.ClearRequests();
        Assert.Empty(rig.Emulator.Requests);
    }

    private static async Task<string> RawAsync(Rig rig, string requestLine)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", rig.Emulator.Port);
        using NetworkStream stream = client.GetStream();
        byte[] request = Encoding.ASCII.GetBytes(requestLine + "\r\nHost: 127.0.0.1:" + rig.Emulator.Port
            + "\r\nAuthorization: Bearer " + rig.Emulator.ApiKey + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(request, 0, request.Length);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
