using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Completes a verdict by readings from before its window: since when the instance is idle, and whether it works so rarely that more readings are needed.</summary>
internal static class IdleHistory
{
    /// <summary>The most low readings that <see cref="IdleRule.AdaptsSamples"/> requires.</summary>
    public const int MostSamples = 60;

    /// <summary>The probability with which an instance that works as rarely as before is found idle by mistake.</summary>
    private const double Mistake = 0.001;

    private static readonly TimeSpan s_span = TimeSpan.FromDays(1);

    /// <summary>Returns the earliest time that is considered: a day, or the window if it is longer.</summary>
    public static DateTimeOffset Since(IdleRule rule, DateTimeOffset now) => rule.For + rule.Gap < s_span ? now - s_span : rule.HistorySince(now);

    /// <summary>Returns true when older readings can change the verdict or tell more exactly since when the instance is idle.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="readings">The readings that it was made from.</param>
    /// <param name="rule">The idle rule.</param>
    public static bool IsNeeded(IdleVerdict verdict, IReadOnlyList<Reading> readings, IdleRule rule) =>
        (rule.AdaptsSamples && verdict.Verdict == Verdict.Idle)
        || (verdict.IdleSince is not null && rule.For + rule.Gap < s_span && IdleRun.Of(readings, rule, verdict.Instance.StartedAt) is { IsWhole: false });

    /// <summary>Completes the verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="readings">The readings since <see cref="Since"/>, in time order.</param>
    /// <param name="rule">The idle rule.</param>
    public static void Complete(IdleVerdict verdict, IReadOnlyList<Reading> readings, IdleRule rule)
    {
        if (IdleRun.Of(readings, rule, verdict.Instance.StartedAt) is not { } run)
            return;
        if (verdict.IdleSince is not null)
            verdict.IdleSince = run.Since;
        if (rule.AdaptsSamples && verdict.Verdict == Verdict.Idle && run.After + 1 < Required(readings, rule))
        {
            verdict.Verdict = Verdict.Unknown;
            verdict.Reason = IdleReason.TooFewSamples;
        }
    }

    /// <summary>Returns the number of low readings in a row that prove idleness for an instance with these readings: ln 0.001 / ln (1 - d), where d is the share of busy readings, but at least the minimum of the rule and at most 60.</summary>
    public static int Required(IReadOnlyList<Reading> readings, IdleRule rule)
    {
        int busy = 0, usable = 0;
        foreach (Reading reading in readings)
        {
            ReadingOrderLoad load = ReadingOrderLoads.Of(reading, rule);
            if (load == ReadingOrderLoad.Unusable)
                continue;
            usable++;
            if (load == ReadingOrderLoad.Busy)
                busy++;
        }
        if (busy == 0 || busy == usable)
            return rule.MinSamples;
        double required = Math.Ceiling(Math.Log(Mistake) / Math.Log(1 - (double)busy / usable));
        return Math.Max(rule.MinSamples, (int)Math.Min(required, MostSamples));
    }
}
