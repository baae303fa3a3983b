using System;
using System.Net;
using System.Net.Http;
using System.Security.Authentication;
#if NET
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
#else
using System.Threading;
using System.Threading.Tasks;
#endif

namespace PulseRun.Client.Http;

/// <summary>The way to the network: one pool of connections for the whole process, and one without a proxy for loopback addresses.</summary>
internal static class Transport
{
    /// <summary>More than any throttle limit: the rate limiter decides what runs at once, not the pool.</summary>
    private const int Connections = 256;

    private static readonly Lazy<HttpMessageHandler> s_network = new(static () => Create(usesProxy: true));
    private static readonly Lazy<HttpMessageHandler> s_loopback = new(static () => Create(usesProxy: false));

    /// <summary>Returns the shared way to an address. What is meant for this machine goes to no proxy: plain http is allowed there, so a proxy would see the key.</summary>
    public static HttpMessageHandler For(Uri address) => (address.IsLoopback ? s_loopback : s_network).Value;

#if NET
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);

    internal static HttpMessageHandler Create(bool usesProxy) => new SocketsHttpHandler
    {
        // The key goes where the user said, and nowhere else.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = usesProxy,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = s_connectTimeout,
        MaxConnectionsPerServer = Connections,
        // A moved address is found again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = new SslClientAuthenticationOptions
        {
#pragma warning disable CA5398 // The system's default may still allow what is older.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
#pragma warning disable CA5359 // It throws where the analyzer looks for a false.
            RemoteCertificateValidationCallback = CheckTrust,
#pragma warning restore CA5359
        },
    };

    /// <summary>Accepts what the system accepts. A refusal is an exception of its own type, because the framework reports it as one failed handshake among others.</summary>
    private static bool CheckTrust(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        // Names of this machine's own, no text of the server's.
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
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            MaxConnectionsPerServer = Connections,
        };
        try
        {
#pragma warning disable CA5398 // The system's default may still allow what is older.
            handler.SslProtocols = SslProtocols.Tls12;
#pragma warning restore CA5398
        }
        catch (NotImplementedException)
        {
            // Mono, where the tests of this edition run.
        }
        return handler;
    }

    /// <summary>
    /// The .NET Framework sends a request again by itself when a kept connection turns out to be closed, whether or not the server acted on the first one.
    /// So requests that change something have a pool of their own, whose connections are never kept.
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
