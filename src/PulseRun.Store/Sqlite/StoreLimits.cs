using System;

namespace PulseRun.Store.Sqlite;

/// <summary>What the store puts up with. Tests meet the limits sooner.</summary>
internal sealed class StoreLimits
{
    /// <summary>How long readings are kept.</summary>
    public TimeSpan SampleRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a statement waits while another process writes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The size at which the file counts as full, in pages of 4 KB; null for the disk's own.</summary>
    public int? MaxPages { get; init; }
}
