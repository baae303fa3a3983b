using System;
using System.Net;
using System.Net.Http;
using System.Security.Authentication;
#if NET
using System.Net.Security;
#endif

namespace PulseRun.Client.Http;

/// <summary>The way to the network: one pool of connections for the whole process.</summary>
internal static class Transport
{
    /// <summary>More than any throttle limit: the pump and the gate decide what runs at once, not the pool.</summary>
    private const int Connections = 256;

    private static readonly Lazy<HttpMessageHandler> s_shared = new(Create);

    public static HttpMessageHandler Shared => s_shared.Value;

#if NET
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);

    private static SocketsHttpHandler Create() => new()
    {
        // The key goes where the user said, and nowhere else.
        AllowAutoRedirect = false,
        UseCookies = false,
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
        },
    };
#else
    private static HttpClientHandler Create()
    {
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
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
#endif
}
