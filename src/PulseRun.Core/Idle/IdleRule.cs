using System;

namespace PulseRun.Core.Idle;

/// <summary>What counts as idle (design.md section 5). Each number is a parameter of Get-PRIdleInstance and Invoke-PRCleanup.</summary>
internal sealed record IdleRule
{
    /// <summary>Longer spans mean nothing, and would overflow a date.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    /// <summary>How long it must have been idle, up to now.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A GPU at or above this is busy, in percent.</summary>
    public double GpuBelow { get; init; } = 5;

    /// <summary>In how many slots of the window there must be a reading. The window has twice as many: readings that crowd together count once.</summary>
    public int MinSamples { get; init; } = 20;

    /// <summary>How far any moment may be from the reading before it; null for a sixth of <see cref="For"/>.</summary>
    public TimeSpan? MaxGap { get; init; }

    /// <summary>Whether held memory is no objection.</summary>
    public bool IgnoreMemory { get; init; }

    /// <summary>Memory at or above this is held, in percent.</summary>
    public double MemoryBelow { get; init; } = 50;

    /// <summary>The scale of the readings; null when it is not known, so that a window of values up to 1 decides nothing.</summary>
    public UnitScale? UnitScale { get; init; }

    /// <summary>The length of a slot: no two readings in one slot count twice.</summary>
    public TimeSpan Slot => new(Math.Max(1, For.Ticks / (2L * MinSamples)));

    public TimeSpan Gap => MaxGap ?? new TimeSpan(For.Ticks / 6);

    public DateTimeOffset WindowStart(DateTimeOffset now) => now - For;

    /// <summary>Readings older than this decide nothing.</summary>
    public DateTimeOffset HistorySince(DateTimeOffset now) => now - For - Gap;

    /// <summary>Returns the share of the time a load must work to be seen with 99 % by readings in so many slots.</summary>
    public static double DetectableDuty(int slots) => slots == 0 ? 1 : 1 - Math.Pow(0.01, 1.0 / slots);

    /// <summary>The first thing wrong with the rule; null when nothing is.</summary>
    /// <param name="window">What the user calls <see cref="For"/>.</param>
    public PulseRunException? Check(string window = nameof(For))
    {
        if (For < TimeSpan.FromSeconds(1) || For > s_longest)
            return Refuse(window, "a window is 1 second to 365 days long; 30 minutes are recommended.");
        if (Gap <= TimeSpan.Zero || Gap > s_longest)
            return Refuse("MaxGap", "a gap is longer than nothing and at most 365 days.");
        if (MinSamples < 1)
            return Refuse("MinSamples", "nothing is proven by less than 1 reading.");
        if (!IsThreshold(GpuBelow))
            return Refuse("GpuBelow", "a threshold is above 0 and at most 100 percent.");
        if (!IsThreshold(MemoryBelow))
            return Refuse("MemoryBelow", "a threshold is above 0 and at most 100 percent.");
        return null;
    }

    private static bool IsThreshold(double percent) => percent is > 0 and <= 100;

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": " + why) { Field = field };
}
