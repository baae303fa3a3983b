using System;
using System.Security;

namespace PulseRun.Core.Profiles;

/// <summary>Represents a connection as it is saved. Owns its key and disposes it.</summary>
internal sealed class SavedProfile : IDisposable
{
    public const string DefaultName = "default";

    public required string Name { get; init; }

    public required Uri BaseUri { get; init; }

    /// <summary>Gets the key; null when <see cref="KeyCommand"/> returns it.</summary>
    public SecureString? Key { get; init; }

    /// <summary>Gets the text of the script block that returns the key; null when the key itself is saved.</summary>
    public string? KeyCommand { get; init; }

    public int? RequestsPerMinute { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? MaxWait { get; init; }

    /// <summary>Gets the cost limit of the whole fleet, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    /// <summary>Gets the lifetime of launches that name none; null for none.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Gets the full path of the private key for ssh; null for ssh's own choice.</summary>
    public string? IdentityFile { get; init; }

    public void Dispose() => Key?.Dispose();
}
