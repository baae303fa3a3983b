using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents what one idle rule would have done with recorded readings.</summary>
public sealed class IdleRuleResult
{
    /// <summary>Gets the rule as text.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Gets how long an instance must have been idle.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Gets the load, in percent, from which a GPU is busy.</summary>
    public double GpuBelow { get; init; }

    /// <summary>Gets the number of slots of the window that must contain a reading.</summary>
    public int MinSamples { get; init; }

    /// <summary>Gets the longest permitted time between two readings.</summary>
    public TimeSpan MaxGap { get; init; }

    /// <summary>Gets the number of instances with readings.</summary>
    public int Instances { get; init; }

    /// <summary>Gets the number of readings.</summary>
    public int Readings { get; init; }

    /// <summary>Gets the time of the first reading (UTC); null without readings.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Gets the time of the last reading (UTC); null without readings.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Gets the number of stops that the rule would have made.</summary>
    public int Stops { get; init; }

    /// <summary>Gets the number of these stops after which the instance was busy again within an hour.</summary>
    public int WrongStops { get; init; }

    /// <summary>Gets the recorded time, after the stops, in which the instances stayed idle. It ends with the next work, restart or gap in the readings.</summary>
    public TimeSpan SavedTime { get; init; }

    /// <summary>Gets the price of that time in dollars; null when the price of a stopped instance is unknown.</summary>
    public decimal? Saved { get; init; }

    /// <summary>Gets the single stops, in time order.</summary>
    public IReadOnlyList<IdleRuleStop> StopList { get; init; } = [];
}

/// <summary>Represents one stop that an idle rule would have made.</summary>
public sealed class IdleRuleStop
{
    /// <summary>Gets the id of the instance.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the time of the stop (UTC).</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Gets the time of the first low reading of the unbroken run (UTC); null when unknown.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    /// <summary>Gets the time of the next busy reading (UTC); null when there is none.</summary>
    public DateTimeOffset? BusyAgainAt { get; init; }

    /// <summary>True when the instance was busy again within an hour.</summary>
    public bool IsWrong { get; init; }

    /// <summary>Gets the recorded time after the stop in which the instance stayed idle.</summary>
    public TimeSpan SavedTime { get; init; }

    /// <summary>Gets the price of that time in dollars; null when the price is unknown.</summary>
    public decimal? Saved { get; init; }
}
