using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Decides whether an instance is Idle, Active or Unknown. Only a proof makes it Idle; without one it is Unknown.</summary>
internal static class IdleDecision
{
    /// <summary>Returns the verdict on one instance.</summary>
    /// <param name="instance">The instance, as listed just now.</param>
    /// <param name="readings">Its readings since <see cref="IdleRule.HistorySince"/>, in time order.</param>
    /// <param name="rule">The idle rule.</param>
    /// <param name="now">The current time, taken after the readings: see <see cref="IdleWindow"/>.</param>
    /// <param name="metricsFailed">True when a reading was requested just now and failed. An older reading does not replace it.</param>
    /// <param name="clockWentBack">True when a reading is later than now, or was at any time that affects the verdict; it need not be among <paramref name="readings"/>.</param>
    /// <param name="unit">The evidence for the unit of the readings from outside the window.</param>
    public static IdleVerdict Decide(Instance instance, IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset now, bool metricsFailed = false, bool clockWentBack = false, UnitEvidence unit = default)
    {
        var window = new IdleWindow(readings, rule, now);
        var reason = Reason(instance, window, rule, now, metricsFailed, clockWentBack, unit);
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
            JudgedAt = now,
            IdleSince = IdleSince(instance, readings, rule, now, reason),
        };
    }

    /// <summary>Returns the time since which the readings show the instance idle without a break, up to now; null when they do not.</summary>
    private static DateTimeOffset? IdleSince(Instance instance, IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset now, IdleReason reason) =>
        reason is not (IdleReason.NotRunning or IdleReason.ClockWentBack or IdleReason.MetricsUnavailable)
        && IdleRun.Of(readings, rule, instance.StartedAt) is { } run && now - run.Last <= rule.Gap
            ? run.Since
            : null;

    /// <summary>Returns the first reason that holds, in this order: proof of work, unusable readings, missing readings.</summary>
    private static IdleReason Reason(Instance instance, IdleWindow window, IdleRule rule, DateTimeOffset now, bool metricsFailed, bool clockWentBack, UnitEvidence unit)
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
        // An instance that holds memory is read rarely, and more readings would not make it idle.
        if (window.HoldsMemory)
            return IdleReason.MemoryHeld;
        if (window.Slots < rule.MinSamples)
            return IdleReason.TooFewSamples;
        if (rule.UnitScale is null && window.IsUnitUnclear(unit))
            return IdleReason.UnitUnclear;
        return IdleReason.AllBelowThreshold;
    }
}
