using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.Text;

namespace PulseRun.Core.Monitoring;

/// <summary>Computes the metrics of an account. What is unknown has no sample, and a metric without samples is left out: 0 always means 0.</summary>
internal static class FleetMetrics
{
    /// <summary>The longest value of a label. Names come from the server.</summary>
    private const int LongestLabel = 120;

    /// <summary>The highest plausible price, in dollars per hour.</summary>
    private const decimal HighestPrice = 1_000_000;

    /// <summary>Returns the metrics.</summary>
    /// <param name="fleet">The data of the account, as far as they are known.</param>
    /// <param name="perInstance">True to add metrics of each instance, with its id as a label.</param>
    public static IReadOnlyList<MetricFamily> Of(FleetSnapshot fleet, bool perInstance)
    {
        var families = new List<MetricFamily>();
        families.AddRange(OfAccount(fleet));
        families.AddRange(OfGroups(fleet));
        if (perInstance)
            families.AddRange(OfInstances(fleet));
        return families.Where(static family => family.Samples.Count > 0).ToList();
    }

    private static IEnumerable<MetricFamily> OfAccount(FleetSnapshot fleet)
    {
        Burn burn = BurnOf(fleet.Rows);
        bool isInDollars = fleet.Balance?.Currency is null || string.Equals(fleet.Balance.Currency, "usd", StringComparison.OrdinalIgnoreCase);
        decimal? balance = isInDollars ? fleet.Balance?.Balance : null;
        yield return One(fleet, "pulserun_last_success_timestamp_seconds", "Time of the last successful export, in seconds since 1970.", "s", fleet.At.ToUnixTimeMilliseconds() / 1000.0);
        yield return One(fleet, "pulserun_burn_dollars_per_hour", "Sum of the known prices of all billed instances, in dollars per hour. A lower bound when pulserun_unpriced_instances is above 0.", "{USD}/h", burn.Count > 0 && burn.Unpriced == burn.Count ? null : (double)burn.PerHour);
        yield return One(fleet, "pulserun_unpriced_instances", "Number of billed instances whose price is not known.", "{instance}", burn.Unpriced);
        yield return One(fleet, "pulserun_balance_dollars", "Prepaid credit, in dollars.", "{USD}", (double?)balance);
        yield return One(fleet, "pulserun_runway_seconds", "Time until the credit is 0 at the present burn rate. Absent when nothing is billed. Too long when pulserun_unpriced_instances is above 0.", "s", balance is { } credit ? Runway.Of(credit, burn.PerHour)?.TotalSeconds : null);
        yield return One(fleet, "pulserun_requests_left", "Requests that this process may still send in this minute. Absent when the limit is not known.", "{request}", fleet.RequestsLeft);
    }

    private static IEnumerable<MetricFamily> OfGroups(FleetSnapshot fleet)
    {
        IReadOnlyList<SnapshotRow> rows = fleet.Rows;
        yield return Grouped(fleet, "pulserun_instances", "Number of instances by state.", "{instance}", rows,
            static row => [Pair("status", row.Instance.Status), .. Kind(row.Instance)], static group => group.Count());
        yield return Grouped(fleet, "pulserun_price_dollars_per_hour", "Sum of the known prices of the billed instances of a kind, in dollars per hour.", "{USD}/h",
            rows.Where(static row => IsBilled(row) && IsPrice(row)), static row => Kind(row.Instance), static group => (double)group.Sum(static row => row.Instance.CostPerHour!.Value));
        yield return Grouped(fleet, "pulserun_verdict_instances", "Number of running instances by idle verdict.", "{instance}", rows.Where(IsJudged),
            static row => [Pair("verdict", Word(row.Verdict!.Verdict)), Pair("gpu", row.Instance.Gpu)], static group => group.Count());
        yield return Grouped(fleet, "pulserun_idle_dollars_per_hour", "Sum of the known prices of the instances that are proven idle, in dollars per hour.", "{USD}/h",
            rows.Where(static row => IsJudged(row) && row.Verdict!.Verdict != Verdict.Unknown && IsPrice(row)), static row => [Pair("gpu", row.Instance.Gpu)], static group => (double)group.Where(static row => row.Verdict!.Verdict == Verdict.Idle).Sum(static row => row.Instance.CostPerHour!.Value));
        yield return Grouped(fleet, "pulserun_gpu_utilization_ratio", "Mean load of the running instances with a current reading, from 0 to 1. Of an instance with several GPUs, the busiest counts.", "1",
            rows.Where(static row => row.Load is not null), static row => [Pair("gpu", row.Instance.Gpu)], static group => group.Average(static row => row.Load!.Value));
        yield return Grouped(fleet, "pulserun_gpu_memory_usage_ratio", "Mean use of the GPU memory of the running instances with a current reading, from 0 to 1.", "1",
            rows.Where(static row => row.Memory is not null), static row => [Pair("gpu", row.Instance.Gpu)], static group => group.Average(static row => row.Memory!.Value));
        yield return Grouped(fleet, "pulserun_longest_idle_seconds", "Longest time for which a running instance has been idle by its readings.", "s",
            rows.Where(static row => IdleSeconds(row) is not null), static row => [Pair("gpu", row.Instance.Gpu)], static group => group.Max(static row => IdleSeconds(row)!.Value));
        yield return Grouped(fleet, "pulserun_next_expiry_seconds", "Time until the first lifetime ends; negative when it has ended.", "s",
            rows.Where(IsExpiring), static _ => [], static group => group.Min(static row => row.TimeToExpiry!.Value.TotalSeconds));
    }

    private static IEnumerable<MetricFamily> OfInstances(FleetSnapshot fleet)
    {
        yield return Each(fleet, "pulserun_instance_price_dollars_per_hour", "Price of an instance while it is billed, in dollars per hour.", "{USD}/h", static row => IsPrice(row) ? (double)row.Instance.CostPerHour!.Value : null, static row => [Pair("status", row.Instance.Status)]);
        yield return Each(fleet, "pulserun_instance_gpu_utilization_ratio", "Load of the busiest GPU of an instance, from 0 to 1. Absent without a current reading.", "1", static row => row.Load);
        yield return Each(fleet, "pulserun_instance_gpu_memory_usage_ratio", "Use of the GPU memory of an instance, from 0 to 1. Absent without a current reading.", "1", static row => row.Memory);
        yield return Each(fleet, "pulserun_instance_verdict", "1 for the present idle verdict of a running instance: idle, active or unknown.", "1", static row => IsJudged(row) ? 1 : null, static row => [Pair("verdict", Word(row.Verdict!.Verdict)), Pair("reason", row.Verdict.Reason.ToString())]);
        yield return Each(fleet, "pulserun_instance_idle_seconds", "Time for which an instance has been idle by its readings. Absent when it is not idle, or when that is not known.", "s", IdleSeconds);
        yield return Each(fleet, "pulserun_instance_time_to_expiry_seconds", "Time until the lifetime of an instance ends; negative afterwards. Absent without a lifetime.", "s", static row => IsExpiring(row) ? row.TimeToExpiry!.Value.TotalSeconds : null);
        yield return Each(fleet, "pulserun_instance_last_reading_timestamp_seconds", "Time of the newest reading of an instance, in seconds since 1970. Absent without a current reading.", "s", static row => row.Reading is { } reading ? reading.At.ToUnixTimeMilliseconds() / 1000.0 : null);
    }

    private static Burn BurnOf(IEnumerable<SnapshotRow> rows)
    {
        var burn = default(Burn);
        foreach (SnapshotRow row in rows.Where(IsBilled))
            burn += IsPrice(row) ? new Burn(row.Instance.CostPerHour!.Value, 1, 0) : new Burn(0, 1, 1);
        return burn;
    }

    private static bool IsBilled(SnapshotRow row) => InstanceStatus.IsBurning(row.Instance.Status);

    /// <summary>Returns true for a plausible price. Without a bound, sums could overflow.</summary>
    private static bool IsPrice(SnapshotRow row) => Burn.IsPrice(row.Instance.CostPerHour) && row.Instance.CostPerHour <= HighestPrice;

    private static bool IsJudged(SnapshotRow row) => row.Verdict is not null && InstanceStatus.Is(row.Instance.Status, InstanceStatus.Running);

    private static bool IsExpiring(SnapshotRow row) => row.TimeToExpiry is not null && IsBilled(row);

    private static double? IdleSeconds(SnapshotRow row) => IsJudged(row) ? row.Verdict!.IdleFor?.TotalSeconds : null;

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    private static KeyValuePair<string, string>[] Kind(Instance instance) => [Pair("gpu", instance.Gpu), Pair("provider", instance.Provider), Pair("region", instance.Region)];

    /// <summary>Returns a label. An unknown value is empty, which for Prometheus is the same as no label.</summary>
    private static KeyValuePair<string, string> Pair(string name, string? value) => new(name, value is null ? "" : CleanText.Clean(value, LongestLabel));

    private static MetricFamily One(FleetSnapshot fleet, string name, string help, string unit, double? value) =>
        new(name, help, unit, value is { } known && IsFinite(known) ? [new MetricSample([Pair("account", fleet.Account)], known)] : []);

    private static MetricFamily Grouped(FleetSnapshot fleet, string name, string help, string unit, IEnumerable<SnapshotRow> rows, Func<SnapshotRow, KeyValuePair<string, string>[]> labels, Func<IEnumerable<SnapshotRow>, double> value)
    {
        var groups = new Dictionary<string, (KeyValuePair<string, string>[] Labels, List<SnapshotRow> Rows)>(StringComparer.Ordinal);
        foreach (SnapshotRow row in rows)
        {
            KeyValuePair<string, string>[] own = labels(row);
            string key = string.Join("\n", own.Select(static pair => pair.Value));
            if (!groups.TryGetValue(key, out (KeyValuePair<string, string>[] Labels, List<SnapshotRow> Rows) group))
                groups.Add(key, group = (own, []));
            group.Rows.Add(row);
        }
        return new MetricFamily(name, help, unit, groups.OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => new MetricSample([Pair("account", fleet.Account), .. group.Value.Labels], value(group.Value.Rows)))
            .Where(static sample => IsFinite(sample.Value)).ToList());
    }

    private static MetricFamily Each(FleetSnapshot fleet, string name, string help, string unit, Func<SnapshotRow, double?> value, Func<SnapshotRow, KeyValuePair<string, string>[]>? more = null)
    {
        var samples = new List<MetricSample>();
        // A list that names an id twice would write a series twice, and the whole file would be refused.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (SnapshotRow row in fleet.Rows)
        {
            if (value(row) is { } known && IsFinite(known) && seen.Add(Pair("id", row.Instance.Id).Value))
                samples.Add(new MetricSample([Pair("account", fleet.Account), Pair("id", row.Instance.Id), Pair("name", row.Name), .. Kind(row.Instance), .. more?.Invoke(row) ?? []], known));
        }
        return new MetricFamily(name, help, unit, samples);
    }

    private static bool IsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);
}
