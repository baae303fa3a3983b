using System;
using System.Net.Http;
using System.Security;

namespace PulseRun;

/// <summary>Holds the settings of a connection. Owns the key and disposes it.</summary>
internal sealed class ContextSettings : IDisposable
{
    /// <summary>The address of the public API (docs/dev/api.md).</summary>
    public static readonly Uri DefaultBaseUri = new("https://api.pulserun.dev/");

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    public static readonly TimeSpan DefaultMaxWait = TimeSpan.FromSeconds(600);

    public required Uri BaseUri { get; init; }

    /// <summary>Gets the key. With a <see cref="KeySource"/>, the first use runs it.</summary>
    /// <exception cref="PulseRunException">NotConnected: the source returned no key. The next use tries again.</exception>
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

    /// <summary>Gets the function that returns the key at its first use; null when <see cref="Key"/> was given.</summary>
    public Func<SecureString>? KeySource { get; init; }

    /// <summary>Gets the text of the script that <see cref="KeySource"/> runs, to save it in a profile; null without one.</summary>
    public string? KeyCommand { get; init; }

    /// <summary>True once the key is known: it was given, or the source has run.</summary>
    public bool HasKey
    {
        get
        {
            lock (_gate)
                return _key is not null;
        }
    }

    /// <summary>Gets the mode that the prefix of the key shows; null until the key is known.</summary>
    public string? Mode { get; init; }

    public required string Source { get; init; }

    public string? Profile { get; init; }

    /// <summary>Gets the lifetime of launches that name none; null for none.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Gets the full path of the private key for ssh; null for ssh's own choice.</summary>
    public string? IdentityFile { get; init; }

    public int? RequestsPerMinute { get; init; }

    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    public TimeSpan MaxWait { get; init; } = DefaultMaxWait;

    /// <summary>Gets the cost limit of the whole fleet, in dollars per hour; null for no limit. Saved with a profile.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>Gets the text that chooses the store of a team, such as <c>Host=pg;Database=pulserun</c>; null for PULSERUN_STORE, else the file of this machine. Saved with a profile.</summary>
    public string? Store { get; init; }

    /// <summary>Gets the text of the script that returns the password of the store; null for the driver's own sources.</summary>
    public string? StoreKeyCommand { get; init; }

    /// <summary>Gets the handler of the in-process emulator; null for the network.</summary>
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
