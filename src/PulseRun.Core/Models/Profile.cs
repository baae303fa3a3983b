using System;

namespace PulseRun;

/// <summary>Represents a saved connection, without its key.</summary>
public sealed class Profile
{
    /// <summary>Gets the name of the profile. Names are not case-sensitive.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the address of the API, without <c>/v1</c>.</summary>
    public required Uri BaseUri { get; init; }

    /// <summary>Gets whether this profile is used when none is named.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Gets where the key is stored: <c>SecretService</c> (the desktop's keyring), <c>Dpapi</c> (Windows, for this user), <c>File</c> (unencrypted, in a file that only its owner can read) or <c>Command</c> (returned by <see cref="KeyCommand"/>).</summary>
    public required string KeyStore { get; init; }

    /// <summary>Gets the text of the script block that returns the key at the first use; null when the key itself is saved.</summary>
    public string? KeyCommand { get; init; }

    /// <summary>Gets the pace in requests per minute; null when only the server's limit applies.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Gets the time limit of one request; null for the default, 100 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets how long a request may wait for the rate limit; null for the default, 600 s.</summary>
    public TimeSpan? MaxWait { get; init; }

    /// <summary>Gets the cost limit of the whole fleet for New-PRInstance, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>Gets the lifetime of launches of New-PRInstance that name none; null for none.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Gets the private key for Enter-PRInstance and Invoke-PRCommand; null for the agent's keys and ssh's usual files.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
