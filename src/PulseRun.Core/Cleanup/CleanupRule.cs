using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Defines the limits of a cleanup.</summary>
internal sealed record CleanupRule
{
    /// <summary>The largest difference between the server's clock and the local one at which an instance may be removed because of its age.</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>Gets the number of instances that one run may stop or remove. Overlapping runs share this number.</summary>
    public int MaxActions { get; init; } = 10;

    /// <summary>Gets the share of the running instances, in percent, that one run may stop or remove; null for no such limit. One act is always allowed. Overlapping runs share this number.</summary>
    public double? MaxActionPercent { get; init; }

    /// <summary>Gets the rule for the warning before a stop; null to stop without one.</summary>
    public LadderRule? Ladder { get; init; }

    /// <summary>Gets the share of missing metrics, in percent, above which the cleanup takes no action.</summary>
    public double MaxUnknownPercent { get; init; } = 50;

    /// <summary>Gets how long an instance must have been observed as stopped before it is removed; null to remove none.</summary>
    public TimeSpan? RemoveStoppedAfter { get; init; }

    /// <summary>Gets the longest permitted time between two observations of a stopped instance. In a longer one it could have been started and stopped again unnoticed.</summary>
    public TimeSpan LongestUnseen => RemoveStoppedAfter is { } age && age.Ticks / 6 < s_day.Ticks ? new TimeSpan(age.Ticks / 6) : s_day;

    /// <summary>Selects the instances to consider (-Gpu, -Region, -Provider and -Template).</summary>
    public Func<Instance, bool> Selects { get; init; } = _ => true;

    /// <summary>Selects the considered instances that are never acted on (-Exclude).</summary>
    public Func<Instance, bool> Excludes { get; init; } = _ => false;

    /// <summary>Returns the number of acts that a fleet allows.</summary>
    /// <param name="running">The number of running instances that the cleanup considers.</param>
    public int MostActs(int running) => MaxActionPercent is { } percent ? Math.Min(MaxActions, Math.Max(1, (int)Math.Floor(running * percent / 100))) : MaxActions;

    /// <summary>Returns the error for the first invalid value of the rule; null when the rule is valid.</summary>
    public PulseRunException? Check()
    {
        if (MaxActions < 0)
            return Refuse("MaxActions", "the number of actions must be 0 or more.");
        if (MaxUnknownPercent is not (>= 0 and <= 100))
            return Refuse("MaxUnknownPercent", "the share must be 0 to 100 percent.");
        if (MaxActionPercent is not (null or (> 0 and <= 100)))
            return Refuse("MaxActionPercent", "the share must be above 0 and at most 100 percent.");
        if (RemoveStoppedAfter < TimeSpan.FromSeconds(1))
            return Refuse("RemoveStoppedAfter", "the time must be at least 1 second; days are recommended.");
        return Ladder?.Check();
    }

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": " + why) { Field = field };
}
