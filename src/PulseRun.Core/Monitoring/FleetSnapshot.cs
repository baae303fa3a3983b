using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Monitoring;

/// <summary>Contains what one run knows of an account, for an export of metrics.</summary>
internal sealed record FleetSnapshot
{
    /// <summary>Gets the name of the account for dashboards: the profile, or the host of the address. Never a secret.</summary>
    public required string Account { get; init; }

    /// <summary>Gets the time at which the fleet was listed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the instances.</summary>
    public required IReadOnlyList<SnapshotRow> Rows { get; init; }

    /// <summary>Gets the credit; null when it was not read.</summary>
    public AccountBalance? Balance { get; init; }

    /// <summary>Gets the requests that this process may still send in this minute; null when the limit is not known.</summary>
    public int? RequestsLeft { get; init; }

    /// <summary>Returns the name of an account.</summary>
    public static string NameOf(Context context) => context.Profile ?? context.BaseUri.Host;

    /// <summary>Returns rows from the instances and what is recorded of them.</summary>
    /// <param name="fleet">The instances as listed.</param>
    /// <param name="verdicts">The verdicts, by id.</param>
    /// <param name="readings">The recorded readings by id, in time order.</param>
    /// <param name="notes">The notes on this side, by id.</param>
    /// <param name="rule">The rule of the verdicts. A reading that is older than its longest gap says nothing about the present load.</param>
    /// <param name="now">The time of the export.</param>
    public static IReadOnlyList<SnapshotRow> RowsOf(
        IEnumerable<Instance> fleet,
        IReadOnlyDictionary<string, IdleVerdict> verdicts,
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> readings,
        IReadOnlyDictionary<string, InstanceNote> notes,
        IdleRule rule,
        DateTimeOffset now) =>
        fleet.Select(instance => new SnapshotRow(instance)
        {
            Verdict = verdicts.TryGetValue(instance.Id, out IdleVerdict? verdict) ? verdict : null,
            Reading = InstanceStatus.Is(instance.Status, InstanceStatus.Running) && readings.TryGetValue(instance.Id, out IReadOnlyList<Reading>? known) ? Newest(known, rule, now) : null,
            Scale = rule.UnitScale,
            Name = instance.Name ?? (notes.TryGetValue(instance.Id, out InstanceNote? note) ? note.Name : null),
            TimeToExpiry = (instance.ExpiresAt ?? (notes.TryGetValue(instance.Id, out InstanceNote? noted) ? noted.ExpiresAt : null)) - now,
        }).ToList();

    private static Reading? Newest(IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset now)
    {
        for (int i = readings.Count - 1; i >= 0; i--)
        {
            // A reading in the future shows that the clock was set back; it is not the present.
            if (readings[i].At <= now)
                return now - readings[i].At <= rule.Gap ? readings[i] : null;
        }
        return null;
    }
}

/// <summary>Contains what is known of one instance.</summary>
/// <param name="Instance">The instance as listed.</param>
internal sealed record SnapshotRow(Instance Instance)
{
    /// <summary>Gets the verdict; null when the instance was not judged.</summary>
    public IdleVerdict? Verdict { get; init; }

    /// <summary>Gets the newest reading; null when there is no current one.</summary>
    public Reading? Reading { get; init; }

    /// <summary>Gets the scale of the server's load; null when it was not given.</summary>
    public UnitScale? Scale { get; init; }

    /// <summary>Gets the name that the instance has on this side; null without one.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the time until the lifetime of the instance ends, negative afterwards; null without a lifetime.</summary>
    public TimeSpan? TimeToExpiry { get; init; }

    /// <summary>Gets the load of the busiest GPU, from 0 to 1; null when unknown.</summary>
    public double? Load => Reading is { HasUnreadGpus: false } reading && Verdict?.Reason != IdleReason.UnitUnclear ? Ratio(reading.PeakGpu) : null;

    /// <summary>Gets the use of the GPU memory, from 0 to 1; null when unknown.</summary>
    public double? Memory => Reading is { } reading && Verdict?.Reason != IdleReason.UnitUnclear ? Ratio(reading.PeakMemory) : null;

    private double? Ratio(double? value) => value is not { } known ? null : Scale == UnitScale.Fraction && known <= 1 ? known : known / 100;
}
