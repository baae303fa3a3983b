using System;

namespace PulseRun.Core.Launch;

/// <summary>Makes the entries of attempts. The type itself is beside the error that carries it, which knows no launches.</summary>
internal static class PlanAttempt
{
    /// <summary>Returns the entry of an attempt that begins.</summary>
    public static LaunchAttempt Of(LaunchRequest request, int number, DateTimeOffset startedAt) => new()
    {
        Number = number,
        Gpu = request.Gpu,
        Region = request.Region,
        Provider = request.Provider,
        Spot = request.Spot,
        StartedAt = startedAt,
    };
}
