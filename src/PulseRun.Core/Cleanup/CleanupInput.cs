using System;

namespace PulseRun.Core.Cleanup;

/// <summary>What a plan depends on beside the instances and the rule.</summary>
/// <param name="Now">The time of the connection.</param>
internal sealed record CleanupInput(DateTimeOffset Now)
{
    /// <summary>How many acts the requests that are left pay for.</summary>
    public int AffordableActs { get; init; } = int.MaxValue;

    /// <summary>The server's clock minus this connection's; null when the server does not say what time it is.</summary>
    public TimeSpan? ClockSkew { get; init; } = TimeSpan.Zero;

    /// <summary>A damaged store that lies beside the one in use; null without one. Protections may be in it.</summary>
    public string? DamagedStore { get; init; }
}
