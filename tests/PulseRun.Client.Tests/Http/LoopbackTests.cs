using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

/// <summary>Tests the client over a real socket, with the shared transport.</summary>
public sealed class LoopbackTests : IDisposable
{
    private readonly RawServer _server = new();

    [Fact]
    public async Task Get_OverASocket_Works()
    {
        _server.Answer = (_, peer) => peer.SendAsync(RawServer.Json(Samples.Instance()));
        using var client = Connect();
        Assert.Equal("running", (await client.GetAsync("inst_1", new Observer(), Rig.None)).Status);
        Assert.Contains("Authorization: Bearer " + Rig.Key, _server.Requests[0]);
    }

    [Fact]
    public async Task FirstRow_ComesBeforeTheLastByte()
    {
        var got = new SemaphoreSlim(0);
        _server.Answer = async (_, peer) =>
        {
            string row = Samples.Instance("inst_a");
            string rest = "," + Samples.Instance("inst_b") + "]";
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + (1 + row.Length + rest.Length) + "\r\n\r\n[" + row);
            Assert.True(await got.WaitAsync(TimeSpan.FromSeconds(100)));
            await peer.SendAsync(rest);
        };
        using var client = Connect();
        var ids = new List<string>();
        await client.ListAsync(
            null,
            rows =>
            {
                ids.AddRange(rows.Select(r => r.Id));
                got.Release();
            },
            new Observer { WantsDebug = false },
            Rig.None);
        Assert.Equal(["inst_a", "inst_b"], ids);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("chunked")]
    public async Task List_CutByTheServer_IsIncomplete(string kind)
    {
        string row = Samples.Instance("inst_a");
        string head = kind == "length" ? "Content-Length: 5000\r\n\r\n[" + row : "Transfer-Encoding: chunked\r\n\r\n" + (row.Length + 1).ToString("x") + "\r\n[" + row + "\r\n";
        _server.Answer = async (_, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head);
            peer.Cut();
        };
        using var client = Connect();
        var ids = new List<string>();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => client.ListAsync(null, rows => ids.AddRange(rows.Select(r => r.Id)), new Observer(), Rig.None));
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(["inst_a"], ids);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Fact]
    public async Task Launch_CutByTheServer_IsUnknown_AndSentOnce()
    {
        _server.Answer = (_, peer) =>
        {
            peer.Cut();
            return Task.CompletedTask;
        };
        using var client = Connect();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => Rig.LaunchAsync(client, new LaunchRequest { Gpu = "g", Template = "t" }, new Observer()));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Single(_server.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_CutOnce_IsTriedAgain()
    {
        _server.Answer = (count, peer) =>
        {
            if (count > 1)
                return peer.SendAsync(RawServer.Json(Samples.Instance()));
            peer.Cut();
            return Task.CompletedTask;
        };
        using var client = Connect();
        Assert.Equal("running", (await client.GetAsync("inst_1", new Observer(), Rig.None)).Status);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://nowhere.invalid/")]
    public async Task Launch_Unreachable_SendsNothing_AndSaysSo(string address)
    {
        using var client = Connect(address);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => Rig.LaunchAsync(client, new LaunchRequest { Gpu = "g", Template = "t" }, new Observer()));
        Assert.Equal(ErrorIds.ConnectionFailed, error.ErrorId);
        Assert.Null(error.InnerException);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "cannot be reached at 127.0.0.1:1: ")]
    [InlineData("https://nowhere.invalid/", "cannot be reached at nowhere.invalid:443: ")]
    public async Task Unreachable_NamesHostAndPort(string address, string part)
    {
        using var client = Connect(address);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => client.GetAsync("inst_1", new Observer(), Rig.None));
        Assert.Equal(ErrorIds.ConnectionFailed, error.ErrorId);
        Assert.Contains(part, error.Message);
    }

    [Fact]
    public async Task Cut_NamesHostAndPort()
    {
        _server.Answer = (_, peer) =>
        {
            peer.Cut();
            return Task.CompletedTask;
        };
        using var client = Connect();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => client.GetAsync("inst_1", new Observer(), Rig.None));
        Assert.Contains("the connection to " + new System.Uri(_server.Address).Authority + " was cut", error.Message);
    }

    [Fact]
    public async Task Launch_WithoutTls_SendsNothing()
    {
        _server.Answer = (_, peer) => peer.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        using var client = Connect(_server.Address.Replace("http:", "https:"));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => Rig.LaunchAsync(client, new LaunchRequest { Gpu = "g", Template = "t" }, new Observer()));
        Assert.Equal(ErrorIds.ConnectionFailed, error.ErrorId);
    }

    [Fact]
    public async Task Cancel_OfAHangingRequest_IsQuick()
    {
        var arrived = new SemaphoreSlim(0);
        _server.Answer = (_, _) =>
        {
            arrived.Release();
            return Task.Delay(Timeout.Infinite, _server.Stopped);
        };
        using var client = Connect();
        using var stop = new CancellationTokenSource();
        var act = client.StopAsync("inst_1", null, new Observer(), stop.Token);
        Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(100)));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => act);
    }

    [Fact]
    public async Task Cancel_OfAStalledBody_IsQuick()
    {
        _server.Answer = async (_, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n[" + Samples.Instance());
            await Task.Delay(Timeout.Infinite, _server.Stopped);
        };
        using var client = Connect();
        using var stop = new CancellationTokenSource();
        var list = client.ListAsync(null, _ => stop.Cancel(), new Observer { WantsDebug = false }, stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => list);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        _server.Answer = (_, peer) => peer.SendAsync("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + _server.Address + "elsewhere\r\nContent-Length: 0\r\n\r\n");
        using var client = Connect();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => client.GetAsync("inst_1", new Observer(), Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Answer_ThatIsNotHttp_IsAConnectionFailure()
    {
        _server.Answer = async (_, peer) =>
        {
            await peer.SendAsync("SSH-2.0-OpenSSH_9.6\r\n\r\n");
            peer.Cut();
        };
        using var client = Connect();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => client.GetAsync("inst_1", new Observer(), Rig.None));
        Assert.Equal(ErrorIds.ConnectionFailed, error.ErrorId);
    }

    public void Dispose() => _server.Dispose();

    private PulseRunClient Connect(string? address = null)
    {
        var context = Rig.MakeContext(null, address ?? _server.Address, new Rig.Options(), () => DateTimeOffset.UtcNow);
        // No jitter: retries come at once.
        return new PulseRunClient(context, new RateLimiter(TimeProvider.System, () => 1), TimeProvider.System, () => 0, new SeenInstances());
    }
}
