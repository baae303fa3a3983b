using System;

namespace PulseRun;

/// <summary>A saved connection, without its key.</summary>
public sealed class Profile
{
    /// <summary>The profile's name. Names are compared without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>The address all requests go to, without <c>/v1</c>.</summary>
    public required Uri BaseUri { get; init; }

    /// <summary>True for the profile that is used when none is named.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Where the key is kept: <c>SecretService</c> (the desktop's keyring), <c>Dpapi</c> (Windows, for this user), <c>File</c> (in clear, in a file that only its owner can read) or <c>Command</c> (returned by <see cref="KeyCommand"/>).</summary>
    public required string KeyStore { get; init; }

    /// <summary>The text of the script block that returns the key at the first use; null when the key itself is saved.</summary>
    public string? KeyCommand { get; init; }

    /// <summary>The pace in requests per minute; null when only the server's refusals set it.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>How long one request may take; null for the default, 100 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a request may wait for its turn under the rate limit; null for the default, 600 s.</summary>
    public TimeSpan? MaxWait { get; init; }

    /// <summary>The limit on the cost of the whole fleet for New-PRInstance, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>The private key that Enter-PRInstance and Invoke-PRCommand log in with; null for the agent's keys and ssh's usual files.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Returns the name, so that a profile in a string reads well.</summary>
    public override string ToString() => Name;
}
