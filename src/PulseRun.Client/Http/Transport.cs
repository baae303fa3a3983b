using System;
using System.Net.Http;
using System.Security.Authentication;
#if NET
using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using PulseRun.Core.Tracing;
#else
using System.Threading;
using System.Threading.Tasks;
#endif

namespace PulseRun.Client.Http;

/// <summary>Provides the network connections: one pool for the whole process, and one without a proxy for loopback addresses.</summary>
internal static class Transport
{
    /// <summary>The size of the pool, more than any throttle limit, because the rate limiter decides how many requests run at once.</summary>
    private const int Connections = 256;

    private static readonly Lazy<HttpMessageHandler> s_network = new(static () => Create(usesProxy: true));
    private static readonly Lazy<HttpMessageHandler> s_loopback = new(static () => Create(usesProxy: false));

    /// <summary>The encoding that bodies may have. <see cref="BodyStream"/> decodes it: the framework's handler for it would be one more asynchronous step of each request.</summary>
    public const string Encoding = "gzip";

    /// <summary>Returns the shared handler for an address. Requests to this machine use no proxy: plain http is allowed there, so a proxy would see the key.</summary>
    public static HttpMessageHandler For(Uri address) => (address.IsLoopback ? s_loopback : s_network).Value;

#if NET
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);

    internal static HttpMessageHandler Create(bool usesProxy) => new SocketsHttpHandler
    {
        // A redirect could send the key to another server.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = usesProxy,
        ConnectTimeout = s_connectTimeout,
        // AttemptHandler writes the header of a trace itself. The framework would write that of a span of its own, which is not exported.
        ActivityHeadersPropagator = Traces.Current is null ? DistributedContextPropagator.Current : null,
        MaxConnectionsPerServer = Connections,
        // Connections are renewed, so that a changed DNS entry takes effect.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = new SslClientAuthenticationOptions
        {
#pragma warning disable CA5398 // The system's default may still allow older versions.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
#pragma warning disable CA5359 // The callback throws where the analyzer looks for false.
            RemoteCertificateValidationCallback = CheckTrust,
#pragma warning restore CA5359
        },
    };

    /// <summary>Returns true when the system trusts the certificate; throws otherwise, because the framework would report only a failed handshake.</summary>
    private static bool CheckTrust(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        // These names come from this machine, so they contain no text of the server.
        string why = errors.ToString();
        foreach (var status in chain?.ChainStatus ?? [])
            why += ", " + status.Status;
        throw new UntrustedServerException(why);
    }
#else
    internal static HttpMessageHandler Create(bool usesProxy) => new SplitPools(CreatePool(usesProxy), CreatePool(usesProxy));

    private static HttpClientHandler CreatePool(bool usesProxy)
    {
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = usesProxy,
            MaxConnectionsPerServer = Connections,
        };
        try
        {
#pragma warning disable CA5398 // The system's default may still allow older versions.
            handler.SslProtocols = SslProtocols.Tls12;
#pragma warning restore CA5398
        }
        catch (NotImplementedException)
        {
            // Mono, which runs the tests of this target, does not implement SslProtocols.
        }
        return handler;
    }

    /// <summary>
    /// Separates reads from changes. The .NET Framework resends a request by itself when a kept connection turns out to be closed, even if the server acted on the first one.
    /// Requests that change something therefore use a pool of their own, whose connections are never kept.
    /// </summary>
    private sealed class SplitPools(HttpMessageHandler reads, HttpMessageHandler changes) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _reads = new(reads);
        private readonly HttpMessageInvoker _changes = new(changes);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
                return _reads.SendAsync(request, cancellationToken);
            request.Headers.ConnectionClose = true;
            return _changes.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _reads.Dispose();
                _changes.Dispose();
            }
            base.Dispose(disposing);
        }
    }
#endif
}
