namespace PulseRun.Core.Idle;

/// <summary>Specifies what one reading says about the load of its instance, for the order of the readings and for the time since which an instance is idle.</summary>
internal enum ReadingOrderLoad
{
    /// <summary>The reading does not give the load of every GPU.</summary>
    Unusable,

    /// <summary>Every GPU is below the threshold, and no memory is held.</summary>
    Low,

    /// <summary>A GPU is at or above the threshold, or memory is held. Held memory counts as busy here, because such an instance is never found idle.</summary>
    Busy,
}

/// <summary>Classifies readings by a rule.</summary>
internal static class ReadingOrderLoads
{
    /// <summary>Returns what a reading says under a rule.</summary>
    public static ReadingOrderLoad Of(in Reading reading, IdleRule rule)
    {
        double? gpu = InPercent(reading.PeakGpu, rule);
        if (gpu >= rule.GpuBelow)
            return ReadingOrderLoad.Busy;
        if (!(gpu >= 0) || reading.HasUnreadGpus)
            return ReadingOrderLoad.Unusable;
        return !rule.IgnoreMemory && InPercent(reading.PeakMemory, rule) >= rule.MemoryBelow ? ReadingOrderLoad.Busy : ReadingOrderLoad.Low;
    }

    private static double? InPercent(double? value, IdleRule rule) =>
        rule.UnitScale == UnitScale.Fraction && value <= 1 ? value * 100 : value;
}
