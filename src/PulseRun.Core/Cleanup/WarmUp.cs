using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Cleanup;

/// <summary>Describes how far a new history has progressed towards its first verdicts.</summary>
internal static class WarmUp
{
    /// <summary>Returns the sentence to display; null when no instance is warming up.</summary>
    /// <param name="verdicts">The verdicts of the run.</param>
    /// <param name="rule">The idle rule that the verdicts were made by.</param>
    /// <param name="now">The time of the verdicts.</param>
    /// <param name="zone">The time zone in which to display times.</param>
    public static string? Describe(IEnumerable<IdleVerdict> verdicts, IdleRule rule, DateTimeOffset now, TimeZoneInfo zone)
    {
        List<DateTimeOffset> since = verdicts.Select(static verdict => verdict.ReadSince).OfType<DateTimeOffset>().ToList();
        if (since.Count == 0)
            return null;
        DateTimeOffset first = since.Min();
        (double unit, string name) = rule.For >= TimeSpan.FromMinutes(2) ? (60.0, "minutes") : (1.0, "seconds");
        DateTimeOffset verdict = TimeZoneInfo.ConvertTime(first + rule.For, zone);
        string at = verdict.ToString(verdict - now < TimeSpan.FromHours(12) ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return string.Format(CultureInfo.InvariantCulture, "Warming up ({0} {1}): readings cover {2:0} of {3:0.#} {4}; first verdicts at {5}.",
            since.Count, since.Count == 1 ? "instance" : "instances", Math.Floor((now - first).TotalSeconds / unit), rule.For.TotalSeconds / unit, name, at);
    }

    /// <summary>Returns a sentence on how to get verdicts, when instances are not judged yet and none is idle; null otherwise.</summary>
    /// <param name="verdicts">The verdicts of the command.</param>
    /// <param name="rule">The idle rule that the verdicts were made by.</param>
    /// <param name="now">The time of the verdicts.</param>
    /// <param name="zone">The time zone in which to display times.</param>
    public static string? Explain(IReadOnlyList<IdleVerdict> verdicts, IdleRule rule, DateTimeOffset now, TimeZoneInfo zone)
    {
        // A busy instance is Active at once, and one whose metrics are missing is Unknown for another reason. Neither gets an Idle verdict from this history.
        List<IdleVerdict> young = verdicts.Where(static verdict => verdict.Reason is IdleReason.NoSamples or IdleReason.WarmingUp).ToList();
        if (young.Count == 0 || verdicts.Any(static verdict => verdict.Verdict == Verdict.Idle))
            return null;
        string window = rule.For >= TimeSpan.FromMinutes(2)
            ? rule.For.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture) + " minutes"
            : rule.For.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " seconds";
        return (Describe(young, rule, now, zone) ?? "No readings of the running instances are recorded on this machine.")
            + " A verdict needs readings of the last " + window + ", at least " + rule.MinSamples + ". Run Get-PRIdleInstance again and again, about "
            + (rule.For >= TimeSpan.FromMinutes(20) ? "once a minute" : "every " + Math.Max(1, Math.Floor(rule.For.TotalSeconds / rule.MinSamples)).ToString(CultureInfo.InvariantCulture) + " seconds")
            + ", or keep Watch-PRInstance open. Register-PRCleanup takes the readings unattended, and stops what is idle.";
    }
}
