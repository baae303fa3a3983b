using System;
using System.Collections.Generic;

namespace PulseRun.Core.History;

/// <summary>Readings and states as they were seen. Readings are kept for 14 days, states for 90, and the last state of each instance as long as it is listed.</summary>
internal interface IHistory
{
    /// <summary>Records readings, in one transaction. Of two readings of one instance in the same millisecond the busier one is kept, and as no less unsure than the other.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="readings">What was read; each carries its own time.</param>
    /// <param name="now">Readings older than the retention before this (or before the machine's own clock, if that is earlier) are dropped in passing. Readings later than this were taken by a clock that has been set back: they are dropped, and <see cref="ClockWentBack"/> says so.</param>
    void RecordReadings(string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now);

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
    IReadOnlyDictionary<string, IReadOnlyList<Reading>> Window(string account, IReadOnlyCollection<string>? ids, DateTimeOffset from, DateTimeOffset to);

    /// <summary>Returns the instances of which a reading is later than now, however far, or was so at any time since <paramref name="from"/>: what was read before that and after it is not one stretch of time.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="from">The earliest time that matters to a verdict.</param>
    /// <param name="now">The time now.</param>
    ISet<string> ClockWentBack(string account, DateTimeOffset from, DateTimeOffset now);

    /// <summary>The readings since a moment, oldest first, as they were recorded (without AdditionalProperties).</summary>
    /// <param name="account">Whose.</param>
    /// <param name="id">Of which instance; null for all.</param>
    /// <param name="since">The earliest time.</param>
    IEnumerable<InstanceMetrics> Readings(string account, string? id, DateTimeOffset since);

    /// <summary>When each instance was last read.</summary>
    IReadOnlyDictionary<string, DateTimeOffset> LastRead(string account);

    /// <summary>The state each instance was last seen in: it says since when one is stopped.</summary>
    IReadOnlyDictionary<string, RecordedState> CurrentStates(string account);

    /// <summary>Returns since when each stopped instance was seen stopped at every look, with one start time and no longer without a look than allowed.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="longestGap">The longest time between two looks.</param>
    IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap);

    /// <summary>All states seen since a moment, the one that held at that moment included; by instance, in time order. Burn over time is made of these.</summary>
    IReadOnlyList<RecordedState> States(string account, DateTimeOffset since);
}
