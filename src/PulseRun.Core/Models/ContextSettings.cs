using System;
using System.Net.Http;
using System.Security;

namespace PulseRun;

/// <summary>What a connection is made of. Owns the key.</summary>
internal sealed class ContextSettings : IDisposable
{
    /// <summary>api.md section 1.</summary>
    public static readonly Uri DefaultBaseUri = new("https://api.pulserun.dev/");

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    public static readonly TimeSpan DefaultMaxWait = TimeSpan.FromSeconds(600);

    public required Uri BaseUri { get; init; }

    public required SecureString Key { get; init; }

    public required string Mode { get; init; }

    public required string Source { get; init; }

    public string? Profile { get; init; }

    public int? RequestsPerMinute { get; init; }

    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    public TimeSpan MaxWait { get; init; } = DefaultMaxWait;

    /// <summary>What the whole fleet may burn, in dollars per hour; null for no lid. Saved with a profile.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>The in-process emulator's door; null for the network.</summary>
    public HttpMessageHandler? Door { get; init; }

    public void Dispose()
    {
        Key.Dispose();
        Door?.Dispose();
    }
}
