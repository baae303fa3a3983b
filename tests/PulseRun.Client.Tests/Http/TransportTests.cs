using System;
using System.Linq;
using System.Net;
#if NET
using System.Net.Http;
#endif
#if NET
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
#endif
#if NET
using System.Net.Sockets;
#endif
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

/// <summary>Tests which requests reach a socket, and on which connection.</summary>
public class TransportTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Loopback_UsesNoProxy(string host)
    {
        using var proxy = new RawServer { Answer = static (_, peer) => peer.SendAsync(RawServer.Json("{}")) };
        using var server = new RawServer { Answer = static (_, peer) => peer.SendAsync(RawServer.Json(Samples.Instance())) };
        using (new DefaultProxy(proxy.Address))
        {
            string address = server.Address.Replace("127.0.0.1", host);
#if NET
            // The default proxy is in effect, so a request through it would be detected. (Mono ignores the default proxy.)
            using (var invoker = new HttpMessageInvoker(Transport.Create(usesProxy: true)))
            using (var request = new HttpRequestMessage(HttpMethod.Get, address.Replace(host, "api.example")))
            using (await invoker.SendAsync(request, CancellationToken.None))
                Assert.Single(proxy.Requests);
#endif
            using var client = Connect(address);
            Assert.Equal("running", (await client.GetAsync("inst_1", new Observer(), Rig.None).WaitBoundedAsync()).Status);
            Assert.Equal("running", (await client.StopAsync("inst_1", null, new Observer(), Rig.None).WaitBoundedAsync()).Status);
        }
        Assert.InRange(proxy.Requests.Count, 0, 1);
        Assert.All(proxy.Requests, request => Assert.DoesNotContain("CANARY", request, StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Contains(Rig.Key, request, StringComparison.Ordinal));
    }

    [Fact]
    public void Addresses_BeyondLoopback_UseTheProxy()
    {
        Assert.NotSame(Transport.For(new Uri("http://127.0.0.1:1/")), Transport.For(new Uri("https://api.pulserun.dev/")));
        Assert.Same(Transport.For(new Uri("http://[::1]:1/")), Transport.For(new Uri("http://localhost:2/")));
        Assert.Same(Transport.For(new Uri("https://api.pulserun.dev/")), Transport.For(new Uri("https://staging.pulserun.dev/")));
    }

#if NET
    /// <summary>Shows the behaviour that the transport has to prevent: one SendAsync, two requests.</summary>
    [Fact]
    public async Task Framework_SendsABodylessRequestTwice_Unseen()
    {
        using var server = new KeepAliveServer(static (line, served) => line.StartsWith("DELETE", StringComparison.Ordinal) && served > 1 ? null : KeepAliveServer.Json("{}"));
        using var invoker = new HttpMessageInvoker(Transport.Create(usesProxy: false));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, server.Address);
            using var response = await invoker.SendAsync(request, CancellationToken.None);
            await response.Content.ReadAsStringAsync();
        }
        Assert.Equal(2, server.Requests.Count(static request => request.StartsWith("DELETE", StringComparison.Ordinal)));
    }
#endif

    /// <summary>The server reads a request on a kept connection, acts on it, and closes the connection without an answer.</summary>
    [Theory]
    [InlineData("DELETE /v1/instances/inst_1 ")]
    [InlineData("POST /v1/instances/inst_1/stop ")]
    [InlineData("POST /v1/instances/inst_1/start ")]
    public async Task Act_OnAConnectionThatCloses_IsCountedEachTimeItIsSent(string act)
    {
        int acts = 0;
        using var server = new KeepAliveServer((line, served) =>
        {
            if (line.StartsWith("GET", StringComparison.Ordinal))
                return KeepAliveServer.Json(Samples.Instance().Replace("running", acts > 0 && act.Contains("stop") ? "stopped" : "running"));
            if (++acts == 1)
                return null;
            return act.StartsWith("DELETE", StringComparison.Ordinal)
                ? KeepAliveServer.Json("{\"detail\":\"not found\"}", "404 Not Found")
                : KeepAliveServer.Json("{\"detail\":\"is so already\"}", "409 Conflict");
        });
        using var client = Connect(server.Address);
        var observer = new Observer();
        var known = await client.GetAsync("inst_1", observer, Rig.None).WaitBoundedAsync();
        var run = act.StartsWith("DELETE", StringComparison.Ordinal) ? client.RemoveAsync("inst_1", known, observer, Rig.None)
            : act.Contains("stop") ? client.StopAsync("inst_1", known, observer, Rig.None)
            : client.StartAsync("inst_1", known, observer, Rig.None);
        var now = await run.WaitBoundedAsync();
        Assert.Equal(act.StartsWith("DELETE", StringComparison.Ordinal) ? "terminated" : act.Contains("stop") ? "stopped" : "running", now.Status);
        // Both transmissions were reported.
        Assert.Equal(2, server.Requests.Count(request => request.StartsWith(act, StringComparison.Ordinal)));
        Assert.Equal(["inst_1", "inst_1"], observer.SentIds);
        Assert.All(server.Requests.Where(request => request.StartsWith(act, StringComparison.Ordinal)), static request => Assert.Contains("Content-Length: 0", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Launch_OnAConnectionThatCloses_IsSentOnce()
    {
        using var server = new KeepAliveServer(static (line, _) => line.StartsWith("POST", StringComparison.Ordinal) ? null : KeepAliveServer.Json("[" + Samples.Instance() + "]"));
        using var client = Connect(server.Address);
        await client.ListAsync(null, static _ => { }, new Observer(), Rig.None).WaitBoundedAsync();
        await Assert.ThrowsAsync<PulseRunException>(() => Rig.LaunchAsync(client, new LaunchRequest { Gpu = "g", Template = "t" }, new Observer()).WaitBoundedAsync());
        Assert.Single(server.Requests, static request => request.StartsWith("POST", StringComparison.Ordinal));
    }

#if NET
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("other.example", false)]
    [InlineData("127.0.0.1", true)]
    public async Task Server_ThatIsNotTrusted_GetsNothing_AndIsNotTriedAgain(string name, bool isExpired)
    {
        using var certificate = Certificates.SelfSigned(name, isExpired);
        using var server = new TlsServer(certificate);
        using var client = Connect(server.Address);
        var acts = new Func<Task>[]
        {
            () => client.GetAsync("inst_1", new Observer(), Rig.None),
            () => client.ListAsync(null, static _ => { }, new Observer(), Rig.None),
            () => client.StopAsync("inst_1", null, new Observer(), Rig.None),
            () => Rig.LaunchAsync(client, new LaunchRequest { Gpu = "g", Template = "t" }, new Observer()),
        };
        foreach (var act in acts)
        {
            int before = server.Handshakes;
            var error = await Assert.ThrowsAsync<PulseRunException>(() => act().WaitBoundedAsync());
            Assert.Equal(ErrorIds.UntrustedServer, error.ErrorId);
            Assert.Null(error.InnerException);
            Assert.Equal(before + 1, server.Handshakes);
        }
        Assert.Equal(0, server.Received);
    }

    private sealed class TlsServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private int _handshakes;
        private int _received;

        public TlsServer(X509Certificate2 certificate)
        {
            _certificate = certificate;
            _listener.Start();
            Address = "https://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/";
            _ = Acceptor.ServeAsync(_listener, ServeAsync);
        }

        public string Address { get; }

        public int Handshakes => Volatile.Read(ref _handshakes);

        /// <summary>The number of bytes received as requests.</summary>
        public int Received => Volatile.Read(ref _received);

        public void Dispose() => _listener.Stop();

        private async Task ServeAsync(TcpClient client)
        {
            Interlocked.Increment(ref _handshakes);
            try
            {
                using (client)
                using (var stream = new SslStream(client.GetStream()))
                {
                    await stream.AuthenticateAsServerAsync(_certificate);
                    Interlocked.Add(ref _received, await stream.ReadAsync(new byte[1000]));
                }
            }
            catch (Exception)
            {
                // The client aborted the handshake, as expected.
            }
        }
    }
#endif

    private static PulseRunClient Connect(string address)
    {
        var context = Rig.MakeContext(null, address, new Rig.Options(), () => DateTimeOffset.UtcNow);
        return new PulseRunClient(context, new RateLimiter(TimeProvider.System, () => 1), TimeProvider.System, () => 0, new SeenInstances());
    }

    /// <summary>Replaces the default proxy, because the framework reads http_proxy only once in a process.</summary>
    private sealed class DefaultProxy : IDisposable
    {
#if NET
        private readonly IWebProxy _before = HttpClient.DefaultProxy;

        public DefaultProxy(string address) => HttpClient.DefaultProxy = new WebProxy(address) { BypassProxyOnLocal = false };

        public void Dispose() => HttpClient.DefaultProxy = _before;
#else
        private readonly IWebProxy _before = WebRequest.DefaultWebProxy;

        public DefaultProxy(string address) => WebRequest.DefaultWebProxy = new WebProxy(address) { BypassProxyOnLocal = false };

        public void Dispose() => WebRequest.DefaultWebProxy = _before;
#endif
    }
}
