using System;
using System.Security;

namespace PulseRun.Contracts;

/// <summary>A connection as it is saved. Owns its key.</summary>
internal sealed class SavedProfile : IDisposable
{
    public const string DefaultName = "default";

    public required string Name { get; init; }

    public required Uri BaseUri { get; init; }

    public required SecureString Key { get; init; }

    public int? RequestsPerMinute { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? MaxWait { get; init; }

    /// <summary>What the whole fleet may burn, in dollars per hour; null for no lid.</summary>
    public decimal? MaxFleetCostPerHour { get; init; }

    public void Dispose() => Key.Dispose();
}
