using System;

namespace PulseRun.Core.Cleanup;

/// <summary>How far a cleanup may go.</summary>
internal sealed record CleanupRule
{
    /// <summary>How far the server's clock may be from ours where something is removed for its age.</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>How many instances one run, and those that overlap with it, may stop or remove, together.</summary>
    public int MaxActions { get; init; } = 10;

    /// <summary>Above this share of missing metrics, nothing is acted on, in percent.</summary>
    public double MaxUnknownPercent { get; init; } = 50;

    /// <summary>How long an instance must have been seen stopped to be removed; null to remove none.</summary>
    public TimeSpan? RemoveStoppedAfter { get; init; }

    /// <summary>The longest time between two looks in which an instance still counts as stopped throughout: what starts and stops again in a longer one would not be seen.</summary>
    public TimeSpan LongestUnseen => RemoveStoppedAfter is { } age && age.Ticks / 6 < s_day.Ticks ? new TimeSpan(age.Ticks / 6) : s_day;

    /// <summary>-Gpu, -Region, -Provider and -Template: what is not selected is not considered at all.</summary>
    public Func<Instance, bool> Selects { get; init; } = _ => true;

    /// <summary>-Exclude: considered, and left alone.</summary>
    public Func<Instance, bool> Excludes { get; init; } = _ => false;

    /// <summary>The first thing wrong with the rule; null when nothing is.</summary>
    public PulseRunException? Check()
    {
        if (MaxActions < 0)
            return Refuse("MaxActions", "a run acts on 0 or more instances.");
        if (MaxUnknownPercent is not (>= 0 and <= 100))
            return Refuse("MaxUnknownPercent", "a share is 0 to 100 percent.");
        if (RemoveStoppedAfter < TimeSpan.FromSeconds(1))
            return Refuse("RemoveStoppedAfter", "an instance is removed after 1 second at least; days are recommended.");
        return null;
    }

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": " + why) { Field = field };
}
