using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Holds what a plan depends on besides the instances and the rule.</summary>
/// <param name="Now">The current time of the connection.</param>
internal sealed record CleanupInput(DateTimeOffset Now)
{
    /// <summary>Gets the number of acts that the remaining request budget allows.</summary>
    public int AffordableActs { get; init; } = int.MaxValue;

    /// <summary>True when the request budget left instances out. Then those that were asked are a sample of the fleet.</summary>
    public bool IsSample { get; init; }

    /// <summary>Gets the server's clock minus the clock of this connection; null when the server sends no time.</summary>
    public TimeSpan? ClockSkew { get; init; } = TimeSpan.Zero;

    /// <summary>Gets the path of a damaged store that was set aside and may hold protections; null without one.</summary>
    public string? DamagedStore { get; init; }
}
