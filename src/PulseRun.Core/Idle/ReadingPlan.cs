using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Core.Idle;

/// <summary>Specifies why an instance is read.</summary>
internal enum ReadingQueue
{
    /// <summary>Its window has begun and owes a reading (queue A).</summary>
    Window,

    /// <summary>It may have ended its work since the last look (queue B).</summary>
    Look,

    /// <summary>A request that is left over adds a reading to its window (queue C).</summary>
    Proof,
}

/// <summary>Specifies why an instance is not read now, although requests may be left over.</summary>
internal enum ReadingRest
{
    /// <summary>It is read, or waits for a request.</summary>
    None,

    /// <summary>It was seen at work just now.</summary>
    JustSeen,

    /// <summary>Its last requests returned no usable reading.</summary>
    Silent,

    /// <summary>It is idle, and a person has declined its stop.</summary>
    Declined,

    /// <summary>It is idle, and the provider has refused to stop it.</summary>
    Refused,
}

/// <summary>Represents the place of one instance in the order. Keys are sorted in the order of the readings.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Queue">The queue; the first one is read first.</param>
/// <param name="Score">The score; a higher one is read first.</param>
/// <param name="LastSeen">The time of its newest reading; null without one.</param>
internal readonly record struct ReadingKey(Instance Instance, ReadingQueue Queue, double Score, DateTimeOffset? LastSeen) : IComparable<ReadingKey>
{
    /// <summary>True when the window is so far behind that it will not be complete in time.</summary>
    public bool IsLate { get; init; }

    /// <summary>Compares by queue, then by descending score, then by id, so that equal ones have an order, too.</summary>
    public int CompareTo(ReadingKey other)
    {
        int order = Queue.CompareTo(other.Queue);
        if (order == 0)
            order = other.Score.CompareTo(Score);
        return order != 0 ? order : string.CompareOrdinal(Instance.Id, other.Instance.Id);
    }
}

/// <summary>Represents the order of the readings of one run.</summary>
/// <param name="Order">All instances that may be read now, in their order.</param>
/// <param name="Budget">The number of readings.</param>
internal sealed record ReadingPlan(IReadOnlyList<ReadingKey> Order, int Budget)
{
    /// <summary>Gets the running instances that are not read now, by id, with the reason.</summary>
    public IReadOnlyDictionary<string, ReadingRest> Resting { get; init; } = new Dictionary<string, ReadingRest>();

    /// <summary>Gets the instances that the budget allows.</summary>
    public IReadOnlyList<Instance> Chosen => Order.Take(Budget).Select(static key => key.Instance).ToList();

    /// <summary>Returns the sentence about a fleet that is too large for its readings; null when the readings suffice.</summary>
    /// <param name="rule">The idle rule.</param>
    /// <param name="now">The time of the run.</param>
    public string? Overload(IdleRule rule, DateTimeOffset now)
    {
        List<ReadingKey> left = Order.Skip(Budget).ToList();
        int begun = Order.Count(static key => key.Queue == ReadingQueue.Window);
        int late = left.Count(static key => key.Queue == ReadingQueue.Window && key.IsLate);
        if (late == 0)
            return null;
        DateTimeOffset? oldest = left.Where(static key => key.LastSeen is not null).Min(static key => key.LastSeen);
        return string.Format(
            CultureInfo.InvariantCulture,
            "The fleet is too large for {0} readings in one run: of {1} windows that have begun, {2} wait for readings, {3} are late{4}. Idle instances are stopped later, the cheap ones last. Use a window longer than {5:0} minutes, or a higher request limit.",
            Budget, begun, left.Count(static key => key.Queue == ReadingQueue.Window), late,
            oldest is { } look ? string.Format(CultureInfo.InvariantCulture, ", and the oldest look is {0:0} minutes old", Math.Max(0, (now - look).TotalMinutes)) : "",
            rule.For.TotalMinutes);
    }
}
