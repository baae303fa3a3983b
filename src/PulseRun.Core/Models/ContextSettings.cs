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

    /// <summary>The key. With a <see cref="KeySource"/>, the first use runs it.</summary>
    /// <exception cref="PulseRunException">NotConnected: the source returned none. The next use tries again.</exception>
    public SecureString Key
    {
        get
        {
            lock (_gate)
            {
#pragma warning disable CA1513 // ObjectDisposedException.ThrowIf is not in .NET Framework.
                if (_disposed)
                    throw new ObjectDisposedException(nameof(ContextSettings));
#pragma warning restore CA1513
                return _key ??= (KeySource ?? throw new InvalidOperationException("There is neither a key nor a source of one.")).Invoke();
            }
        }
        init => _key = value;
    }

    /// <summary>Returns the key, when it is needed first; null when <see cref="Key"/> was given.</summary>
    public Func<SecureString>? KeySource { get; init; }

    /// <summary>The text of the script that <see cref="KeySource"/> runs, to save it.</summary>
    public string? KeyCommand { get; init; }

    /// <summary>True once the key is here: a source has run, or none is needed.</summary>
    public bool HasKey
    {
        get
        {
            lock (_gate)
                return _key is not null;
        }
    }

    /// <summary>What the form of the key tells; null until the key is known.</summary>
    public string? Mode { get; init; }

    public required string Source { get; init; }

    public string? Profile { get; init; }

    /// <summary>The private key for ssh, a whole path; null for ssh's own choice.</summary>
    public string? IdentityFile { get; init; }

    public int? RequestsPerMinute { get; init; }

    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    public TimeSpan MaxWait { get; init; } = DefaultMaxWait;

    /// <summary>What the whole fleet may burn, in dollars per hour; null for no lid. Saved with a profile.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>The in-process emulator's door; null for the network.</summary>
    public HttpMessageHandler? Handler { get; init; }

    private readonly object _gate = new();
    private SecureString? _key;
    private bool _disposed;

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _key?.Dispose();
        }
        Handler?.Dispose();
    }
}
