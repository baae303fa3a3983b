using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Replay;

/// <summary>Represents the recorded readings of one instance.</summary>
/// <param name="Id">The id of the instance.</param>
/// <param name="Readings">The readings in time order.</param>
/// <param name="CostPerHour">The price in dollars per hour; null when unknown.</param>
internal sealed record RecordedSeries(string Id, IReadOnlyList<Reading> Readings, decimal? CostPerHour);

/// <summary>Replays recorded readings under an idle rule: at each reading, the verdict is made as a cleanup would have made it at that time.</summary>
internal static class RuleReplay
{
    /// <summary>The time after a stop within which new work shows that the stop was wrong.</summary>
    private static readonly TimeSpan s_regret = TimeSpan.FromHours(1);

    /// <summary>Returns what a rule would have done.</summary>
    public static IdleRuleResult Run(IReadOnlyList<RecordedSeries> fleet, IdleRule rule)
    {
        List<IdleRuleStop> stops = fleet.SelectMany(series => Stops(series, rule)).OrderBy(static stop => stop.At).ThenBy(static stop => stop.Id, StringComparer.Ordinal).ToList();
        List<RecordedSeries> read = fleet.Where(static series => series.Readings.Count > 0).ToList();
        return new IdleRuleResult
        {
            Rule = Describe(rule),
            For = rule.For,
            GpuBelow = rule.GpuBelow,
            MinSamples = rule.MinSamples,
            MaxGap = rule.Gap,
            Instances = read.Count,
            Readings = read.Sum(static series => series.Readings.Count),
            From = read.Count == 0 ? null : read.Min(static series => series.Readings[0].At),
            To = read.Count == 0 ? null : read.Max(static series => series.Readings[series.Readings.Count - 1].At),
            Stops = stops.Count,
            WrongStops = stops.Count(static stop => stop.IsWrong),
            SavedTime = new TimeSpan(stops.Sum(static stop => stop.SavedTime.Ticks)),
            Saved = stops.Exists(static stop => stop.Saved is null) ? null : stops.Sum(static stop => stop.Saved),
            StopList = stops,
        };
    }

    private static string Describe(IdleRule rule) => string.Format(
        CultureInfo.InvariantCulture,
        "idle for {0:c}, GPU below {1:0.###} %, {2} samples{3}{4}",
        rule.For,
        rule.GpuBelow,
        rule.MinSamples,
        rule.MaxGap is { } gap ? string.Format(CultureInfo.InvariantCulture, ", gap {0:c}", gap) : "",
        rule.IgnoreMemory ? ", memory ignored" : "");

    private static IEnumerable<IdleRuleStop> Stops(RecordedSeries series, IdleRule rule)
    {
        IReadOnlyList<Reading> readings = series.Readings;
        Slice slice = new(readings), before = new(readings);
        DateTimeOffset started = DateTimeOffset.MinValue;
        for (int i = 0; i < readings.Count; i++)
        {
            DateTimeOffset now = readings[i].At;
            if (readings[i].Uptime is { } uptime)
                started = now - uptime;
            slice.MoveTo(i, rule.HistorySince(now));
            var instance = new Instance { Id = series.Id, Status = InstanceStatus.Running, StartedAt = started };
            IdleVerdict verdict = IdleDecision.Decide(instance, slice, rule, now);
            if (verdict.Verdict != Verdict.Idle)
                continue;
            before.MoveTo(i, DateTimeOffset.MinValue);
            (int next, DateTimeOffset savedUntil) = EndOfSpell(readings, i, rule);
            DateTimeOffset? busyAgain = NextBusy(readings, i, rule);
            TimeSpan saved = savedUntil - now;
            yield return new IdleRuleStop
            {
                Id = series.Id,
                At = now,
                IdleSince = IdleRun.Of(before, rule, started)?.Since,
                BusyAgainAt = busyAgain,
                IsWrong = busyAgain - now <= s_regret,
                SavedTime = saved,
                Saved = series.CostPerHour is { } cost ? Math.Round(cost * (decimal)saved.TotalHours, 4) : null,
            };
            // The instance was started again for the work at the end of the spell, and counts from there.
            i = next - 1;
        }
    }

    /// <summary>Returns the first reading after a stop that begins something new (work, a restart, or a gap in the readings), and the time until which the stop saved money.</summary>
    private static (int Next, DateTimeOffset SavedUntil) EndOfSpell(IReadOnlyList<Reading> readings, int stop, IdleRule rule)
    {
        for (int i = stop + 1; i < readings.Count; i++)
        {
            if (IsBusy(readings[i], rule))
                return (i, readings[i].At - readings[i - 1].At > rule.Gap ? readings[i - 1].At : readings[i].At);
            bool isRestart = readings[i].Uptime is { } now && readings[i - 1].Uptime is { } before && before - now > TimeSpan.FromSeconds(2);
            if (isRestart || readings[i].At - readings[i - 1].At > rule.Gap)
                return (i, readings[i - 1].At);
        }
        return (readings.Count, readings[readings.Count - 1].At);
    }

    private static DateTimeOffset? NextBusy(IReadOnlyList<Reading> readings, int stop, IdleRule rule)
    {
        for (int i = stop + 1; i < readings.Count; i++)
        {
            if (IsBusy(readings[i], rule))
                return readings[i].At;
        }
        return null;
    }

    private static bool IsBusy(in Reading reading, IdleRule rule) =>
        (rule.UnitScale == UnitScale.Fraction && reading.PeakGpu <= 1 ? reading.PeakGpu * 100 : reading.PeakGpu) >= rule.GpuBelow;

    /// <summary>Shows a part of a list without copying it.</summary>
    private sealed class Slice(IReadOnlyList<Reading> all) : IReadOnlyList<Reading>
    {
        private int _first;

        public int Count { get; private set; }

        public Reading this[int index] => all[_first + index];

        /// <summary>Shows the readings up to an index, from the last one at or before a time. Both must not decrease.</summary>
        public void MoveTo(int last, DateTimeOffset from)
        {
            while (_first < last && all[_first + 1].At <= from)
                _first++;
            Count = last - _first + 1;
        }

        public IEnumerator<Reading> GetEnumerator() => all.Skip(_first).Take(Count).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
