using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents the policy of this machine, which its administrators wrote. A rule that the file does not contain is null, or false for <see cref="RequireLifetime"/>.</summary>
public sealed class Policy
{
    /// <summary>Gets the path of the file.</summary>
    public string Path { get; init; } = "";

    /// <summary>Gets whether a launch needs a lifetime.</summary>
    public bool RequireLifetime { get; init; }

    /// <summary>Gets the longest lifetime. A launch without a lifetime exceeds it.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>Gets the keys of the tags that a launch needs.</summary>
    public IReadOnlyList<string>? RequireTag { get; init; }

    /// <summary>Gets the most that one instance may cost, in dollars per hour.</summary>
    public decimal? MaxHourlyCost { get; init; }

    /// <summary>Gets the GPU types that may be launched and started, with wildcards.</summary>
    public IReadOnlyList<string>? AllowedGpu { get; init; }

    /// <summary>Gets the providers at which instances may be launched and started, with wildcards.</summary>
    public IReadOnlyList<string>? AllowedProvider { get; init; }

    /// <summary>Gets the shortest idle time after which an instance may count as idle.</summary>
    public TimeSpan? MinIdleFor { get; init; }

    /// <summary>Gets the tag, as key or key=value, that protects an instance from cleanup, from Stop-PRInstance and from Remove-PRInstance.</summary>
    public string? ProtectedTag { get; init; }

    /// <summary>Returns the path of the file.</summary>
    public override string ToString() => Path;
}
