using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Idle, Active or Unknown (design.md section 5). Idle must be proven; everything that is not is Unknown.</summary>
internal static class IdleDecision
{
    /// <param name="instance">As listed just now.</param>
    /// <param name="readings">Its readings since <see cref="IdleRule.HistorySince"/>, in time order.</param>
    /// <param name="rule">What counts as idle.</param>
    /// <param name="now">Taken after the readings were: see <see cref="IdleWindow"/>.</param>
    /// <param name="metricsFailed">True when the reading just asked for did not come: an older one does not stand in for it.</param>
    /// <param name="clockWentBack">True when a reading is, or was in the time that matters, later than now; it need not be among <paramref name="readings"/>.</param>
    public static IdleVerdict Decide(Instance instance, IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset now, bool metricsFailed = false, bool clockWentBack = false)
    {
        var window = new IdleWindow(readings, rule, now);
        var reason = Reason(instance, window, rule, now, metricsFailed, clockWentBack);
        return new IdleVerdict(instance)
        {
            Verdict = reason switch
            {
                IdleReason.AllBelowThreshold => Verdict.Idle,
                IdleReason.GpuBusy => Verdict.Active,
                _ => Verdict.Unknown,
            },
            Reason = reason,
            Coverage = window.Coverage,
            SampleCount = window.Count,
            LargestGap = window.LargestGap,
            LastSampleAge = now - window.LastReading,
            PeakGpu = window.PeakGpu,
            PeakMemory = window.PeakMemory,
            DetectableDuty = IdleRule.DetectableDuty(window.Slots),
            IsSilent = metricsFailed || window.EndsSilent,
            ReadSince = reason == IdleReason.WarmingUp ? window.RunStart : null,
        };
    }

    /// <summary>The verdict on an instance that was asked for no metrics and has no history.</summary>
    public static IdleVerdict Unread(Instance instance, IdleRule rule, DateTimeOffset now) => Decide(instance, [], rule, now);

    /// <summary>The first that holds. What the readings say about work comes first, then what makes them useless, then what they lack.</summary>
    private static IdleReason Reason(Instance instance, IdleWindow window, IdleRule rule, DateTimeOffset now, bool metricsFailed, bool clockWentBack)
    {
        if (!InstanceStatus.Is(instance.Status, InstanceStatus.Running))
            return IdleReason.NotRunning;
        if (window.PeakGpu >= rule.GpuBelow)
            return IdleReason.GpuBusy;
        if (clockWentBack || window.ClockWentBack)
            return IdleReason.ClockWentBack;
        if (metricsFailed || window.EndsSilent)
            return IdleReason.MetricsUnavailable;
        if (window.LastReading is not { } last)
            return IdleReason.NoSamples;
        bool startedBefore = instance.StartedAt < rule.WindowStart(now);
        if (window.UptimeBroke || (!startedBefore && instance.StartedAt is { } start && start <= now && window.WasReadBefore(start)))
            return IdleReason.Restarted;
        if (!startedBefore)
            return IdleReason.StartedRecently;
        if (window.GpuCountChanged)
            return IdleReason.GpuCountChanged;
        if (now - last > rule.Gap)
            return IdleReason.SampleStale;
        if (!window.IsAnchored)
            return window.WasReadBefore(rule.WindowStart(now)) ? IdleReason.WindowNotCovered : IdleReason.WarmingUp;
        if (window.LargestGap > rule.Gap)
            return IdleReason.GapTooLong;
        if (window.Slots < rule.MinSamples)
            return IdleReason.TooFewSamples;
        if (rule.UnitScale is null && window.PeakGpu is > 0 and <= 1)
            return IdleReason.UnitUnclear;
        if (window.HoldsMemory)
            return IdleReason.MemoryHeld;
        return IdleReason.AllBelowThreshold;
    }
}
