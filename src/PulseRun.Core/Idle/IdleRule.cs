using System;

namespace PulseRun.Core.Idle;

/// <summary>Defines when an instance counts as idle. Each property is a parameter of Get-PRIdleInstance and Invoke-PRCleanup.</summary>
internal sealed record IdleRule
{
    /// <summary>The longest permitted span; a larger one would overflow a date.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    /// <summary>Gets how long an instance must have been idle, up to now.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Gets the load, in percent, from which a GPU is busy.</summary>
    public double GpuBelow { get; init; } = 5;

    /// <summary>Gets the number of slots of the window that must contain a reading. The window has twice as many slots, and several readings in one slot count once.</summary>
    public int MinSamples { get; init; } = SampleRequirement.Usual;

    /// <summary>True when an instance that works rarely needs more readings, up to <see cref="IdleHistory.MostSamples"/>.</summary>
    public bool AdaptsSamples { get; init; }

    /// <summary>Gets the longest permitted time between two readings; null for a sixth of <see cref="For"/>.</summary>
    public TimeSpan? MaxGap { get; init; }

    /// <summary>True when held memory does not prevent the verdict Idle.</summary>
    public bool IgnoreMemory { get; init; }

    /// <summary>The default of <see cref="MemoryBelow"/>.</summary>
    public const double UsualMemoryBelow = 50;

    /// <summary>Gets the memory use, in percent, from which memory counts as held.</summary>
    public double MemoryBelow { get; init; } = UsualMemoryBelow;

    /// <summary>Gets the scale of the readings; null when it is not known. Then a window whose values are all at most 1, and not all 0, gives no verdict unless <see cref="UnitEvidence"/> proves percent, because 1 may be 1 % or 100 %.</summary>
    public UnitScale? UnitScale { get; init; }

    /// <summary>Gets the length of a slot.</summary>
    public TimeSpan Slot => new(Math.Max(1, For.Ticks / (2L * MinSamples)));

    public TimeSpan Gap => MaxGap ?? new TimeSpan(For.Ticks / 6);

    public DateTimeOffset WindowStart(DateTimeOffset now) => now - For;

    /// <summary>Returns the time before which readings cannot affect a verdict.</summary>
    public DateTimeOffset HistorySince(DateTimeOffset now) => now - For - Gap;

    /// <summary>Returns the smallest share of time at work that readings in the given number of slots detect with a probability of 99 %.</summary>
    public static double DetectableDuty(int slots) => slots == 0 ? 1 : 1 - Math.Pow(0.01, 1.0 / slots);

    /// <summary>Returns the error for the first invalid value of the rule; null when the rule is valid.</summary>
    /// <param name="window">The parameter name of <see cref="For"/>, for the message.</param>
    public PulseRunException? Check(string window = nameof(For))
    {
        if (For < TimeSpan.FromSeconds(1) || For > s_longest)
            return Refuse(window, "the window must be 1 second to 365 days long; 30 minutes are recommended, written 00:30:00. A number without colons, such as 30, is a count of 0.1 microseconds.");
        if (Gap <= TimeSpan.Zero || Gap > s_longest)
            return Refuse("MaxGap", "the gap must be longer than 0 and at most 365 days.");
        if (MinSamples < 1)
            return Refuse("MinSamples", "at least 1 reading is required.");
        if (!IsThreshold(GpuBelow))
            return Refuse("GpuBelow", "the threshold must be above 0 and at most 100 percent.");
        if (!IsThreshold(MemoryBelow))
            return Refuse("MemoryBelow", "the threshold must be above 0 and at most 100 percent.");
        return null;
    }

    private static bool IsThreshold(double percent) => percent is > 0 and <= 100;

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": " + why) { Field = field };
}
