using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.History;

/// <summary>Stores readings and states as they were observed. Readings are kept for 14 days, states for 90, and the last state of each instance as long as it is listed.</summary>
internal interface IHistory
{
    /// <summary>Records readings in one transaction. Of two readings of one instance in the same millisecond, the busier one is kept; it has unread GPUs if either had.</summary>
    /// <param name="account">The account.</param>
    /// <param name="readings">The readings; each carries its own time.</param>
    /// <param name="now">The current time. Readings older than the retention, counted from this or from the machine's clock if that is earlier, are deleted. Recorded readings later than this stem from a clock that was set back since: they are deleted, and <see cref="ClockWentBack"/> reports the instance.</param>
    void RecordReadings(string account, IReadOnlyList<InstanceMetrics> readings, DateTimeOffset now);

    /// <summary>Records the states of listed instances in one transaction. Only changes take space.</summary>
    /// <param name="account">The account.</param>
    /// <param name="instances">The listed instances.</param>
    /// <param name="complete">True when these are all instances of the account, so that the others no longer exist.</param>
    /// <param name="now">The time of the list.</param>
    void RecordStates(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now);

    /// <summary>Returns the readings after <paramref name="from"/> up to and including <paramref name="to"/>, preceded by the last one at or before <paramref name="from"/>; by instance, in time order. Instances without readings are omitted.</summary>
    /// <param name="account">The account.</param>
    /// <param name="ids">The instances; null for all.</param>
    /// <param name="from">The start of the window.</param>
    /// <param name="to">The end of the window.</param>
    IReadOnlyDictionary<string, IReadOnlyList<Reading>> Window(string account, IReadOnlyCollection<string>? ids, DateTimeOffset from, DateTimeOffset to);

    /// <summary>Returns the instances with a reading later than now, or for which this was so at any time since <paramref name="from"/>. Their readings before and after that do not form one continuous time.</summary>
    /// <param name="account">The account.</param>
    /// <param name="from">The earliest time that affects a verdict.</param>
    /// <param name="now">The current time.</param>
    ISet<string> ClockWentBack(string account, DateTimeOffset from, DateTimeOffset now);

    /// <summary>Returns what the recorded readings of the account prove about the unit in which the server reports the load of GPUs.</summary>
    RecordedUnits Units(string account, DateTimeOffset now);

    /// <summary>Returns the readings since a time, oldest first, without AdditionalProperties.</summary>
    /// <param name="account">The account.</param>
    /// <param name="id">The instance; null for all.</param>
    /// <param name="since">The earliest time.</param>
    IEnumerable<InstanceMetrics> Readings(string account, string? id, DateTimeOffset since);

    /// <summary>Returns the last recorded state of each instance.</summary>
    IReadOnlyDictionary<string, RecordedState> CurrentStates(string account);

    /// <summary>Returns for each stopped instance the time since which every observation shows it stopped, with one start time and no gap above the permitted one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="longestGap">The longest permitted time between two observations.</param>
    IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap);

    /// <summary>Returns all states recorded since a time, including the one in effect at that time; by instance, in time order.</summary>
    IReadOnlyList<RecordedState> States(string account, DateTimeOffset since);

    /// <summary>Returns the states of <see cref="States"/>, and those that were recorded with other keys of the same service: a rotated key must not lose what was spent.</summary>
    IReadOnlyList<RecordedState> StatesOfService(string account, DateTimeOffset since);
}
