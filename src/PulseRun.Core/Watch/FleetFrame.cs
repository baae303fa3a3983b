using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Watch;

/// <summary>Contains the data of one refresh.</summary>
internal sealed record FleetFrame
{
    /// <summary>Gets the time of the list, by the clock of the connection.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True when the fleet was listed, in this refresh or an earlier one. Otherwise nothing is known of it.</summary>
    public bool IsListed { get; init; }

    public IReadOnlyList<WatchedInstance> Rows { get; init; } = [];

    public Burn Burn { get; init; }

    /// <summary>Gets the credit; null when the key may not read it.</summary>
    public AccountBalance? Balance { get; init; }

    /// <summary>Gets the number of running instances that were read in this refresh.</summary>
    public int Read { get; init; }

    /// <summary>Gets the time that the history bar covers.</summary>
    public TimeSpan Span { get; init; }

    /// <summary>Gets the error of this refresh; null without one. On an error, the other properties are those of the refresh before.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets how long the credit lasts at the present burn rate.</summary>
    public TimeSpan? Runway => Balance is { } balance ? PulseRun.Core.Cost.Runway.Of(balance.Balance, Burn.PerHour) : null;

    /// <summary>Returns the data of one refresh.</summary>
    /// <param name="at">The time of the list.</param>
    /// <param name="verdicts">The verdicts, one for each instance.</param>
    /// <param name="windows">The readings by instance id.</param>
    /// <param name="balance">The credit; null when unknown.</param>
    /// <param name="read">The number of instances that were read.</param>
    /// <param name="span">The time that the history bar covers.</param>
    public static FleetFrame Of(
        DateTimeOffset at,
        IReadOnlyList<IdleVerdict> verdicts,
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows,
        AccountBalance? balance,
        int read,
        TimeSpan span) => new()
        {
            At = at,
            IsListed = true,
            Rows = verdicts.Select(verdict => Row(at, verdict, windows.TryGetValue(verdict.Id, out IReadOnlyList<Reading>? readings) ? readings : [])).ToList(),
            Burn = Burn.Of(verdicts.Select(static verdict => verdict.Instance)),
            Balance = balance,
            Read = read,
            Span = span,
        };

    private static WatchedInstance Row(DateTimeOffset at, IdleVerdict verdict, IReadOnlyList<Reading> readings)
    {
        Reading? newest = readings.Count > 0 ? readings[readings.Count - 1] : null;
        // The last reading of a stopped instance is not its present load.
        bool runs = InstanceStatus.Is(verdict.Status, InstanceStatus.Running);
        return new WatchedInstance(verdict)
        {
            GpuUtilization = runs ? newest?.PeakGpu : null,
            MemoryUsage = runs ? newest?.PeakMemory : null,
            SampledAt = newest?.At,
            ListedAt = at,
            Samples = readings,
        };
    }
}
