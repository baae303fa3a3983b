using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents a stop that a cleanup made.</summary>
/// <param name="Id">The instance.</param>
/// <param name="At">The time of the stop.</param>
internal readonly record struct CleanupStop(string Id, DateTimeOffset At);
