using System;

namespace PulseRun.Store.Sqlite;

/// <summary>Defines the limits of the store. Tests use lower limits.</summary>
internal sealed class StoreLimits
{
    /// <summary>Gets the time for which readings are kept.</summary>
    public TimeSpan SampleRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Gets the longest time that a statement waits while another process writes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets the largest size of the file, in pages of 4 KB; null for no limit except the disk.</summary>
    public int? MaxPages { get; init; }
}
