using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Watch;

/// <summary>What one refresh saw.</summary>
internal sealed record FleetFrame
{
    /// <summary>When the fleet was listed, where the connection lives.</summary>
    public required DateTimeOffset At { get; init; }

    public IReadOnlyList<WatchedInstance> Rows { get; init; } = [];

    public Burn Burn { get; init; }

    /// <summary>The credit; null when the key may not read it.</summary>
    public AccountBalance? Balance { get; init; }

    /// <summary>How many running instances were read this time.</summary>
    public int Read { get; init; }

    /// <summary>How far back the bar goes.</summary>
    public TimeSpan Span { get; init; }

    /// <summary>What went wrong with this refresh; the rest is then that of the one before.</summary>
    public string? Problem { get; init; }

    /// <summary>How long the credit lasts at what burns now.</summary>
    public TimeSpan? Runway => Balance is { } balance ? PulseRun.Core.Cost.Runway.Of(balance.Balance, Burn.PerHour) : null;

    /// <param name="at">When it was listed.</param>
    /// <param name="verdicts">One for each instance.</param>
    /// <param name="windows">The readings by id.</param>
    /// <param name="balance">Null when unknown.</param>
    /// <param name="read">How many were read.</param>
    /// <param name="span">How far back the bar goes.</param>
    public static FleetFrame Of(
        DateTimeOffset at,
        IReadOnlyList<IdleVerdict> verdicts,
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows,
        AccountBalance? balance,
        int read,
        TimeSpan span) => new()
        {
            At = at,
            Rows = verdicts.Select(verdict => Row(at, verdict, windows.TryGetValue(verdict.Id, out IReadOnlyList<Reading>? readings) ? readings : [])).ToList(),
            Burn = Burn.Of(verdicts.Select(static verdict => verdict.Instance)),
            Balance = balance,
            Read = read,
            Span = span,
        };

    private static WatchedInstance Row(DateTimeOffset at, IdleVerdict verdict, IReadOnlyList<Reading> readings)
    {
        Reading? newest = readings.Count > 0 ? readings[readings.Count - 1] : null;
        // What a stopped instance last did is history, not its load.
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
