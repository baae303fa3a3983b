using System;
using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>Readings and states as they were seen. Readings are kept for 14 days, states for 90, and the last state of each instance as long as it is listed.</summary>
internal interface IHistory
{
    /// <summary>Records readings, in one transaction. Of two readings of one instance in the same millisecond the busier one is kept, and as no less unsure than the other.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="readings">What was read; each carries its own time.</param>
    /// <param name="now">Readings older than the retention before this (or before the machine's own clock, if that is earlier) are dropped in passing.</param>
    void RecordSamples(string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now);

    /// <summary>Records in which state instances were listed, in one transaction. Only changes take space.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="instances">What was listed.</param>
    /// <param name="complete">Whether that is the account's whole fleet: then the others are gone.</param>
    /// <param name="now">When it was listed.</param>
    void RecordStates(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now);

    /// <summary>The readings after <paramref name="from"/> up to and including <paramref name="to"/>, preceded by the last one at or before <paramref name="from"/>; by instance, in time order. Instances without any are left out.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="ids">Which instances; null for all.</param>
    /// <param name="from">The window's start.</param>
    /// <param name="to">The window's end.</param>
    IReadOnlyDictionary<string, IReadOnlyList<Sample>> Window(string account, IReadOnlyCollection<string>? ids, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The readings since a moment, oldest first, as they were recorded (without AdditionalProperties).</summary>
    /// <param name="account">Whose.</param>
    /// <param name="id">Of which instance; null for all.</param>
    /// <param name="since">The earliest time.</param>
    IEnumerable<InstanceMetrics> Samples(string account, string? id, DateTimeOffset since);

    /// <summary>When each instance was last read.</summary>
    IReadOnlyDictionary<string, DateTimeOffset> LastSampled(string account);

    /// <summary>The state each instance was last seen in: it says since when one is stopped.</summary>
    IReadOnlyDictionary<string, RecordedState> CurrentStates(string account);

    /// <summary>Since when this store has seen the instance stopped, at every look; null when it was last seen otherwise or never.</summary>
    DateTimeOffset? StoppedSince(string account, string id);

    /// <summary>All states seen since a moment, the one that held at that moment included; by instance, in time order. Burn over time is made of these.</summary>
    IReadOnlyList<RecordedState> States(string account, DateTimeOffset since);
}
