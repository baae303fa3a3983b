using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;

namespace PulseRun.Core.Cost;

/// <summary>Computes the cost reports of Measure-PRCost.</summary>
internal static class CostMeter
{
    private const string Charge = "instance_charge";
    private const string Unknown = "unknown";

    /// <summary>Returns the start of the month of <paramref name="now"/>. A report needs no states from before.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset now) => new(now.Year, now.Month, 1, 0, 0, 0, now.Offset);

    /// <summary>Returns the cost reports computed from the list, the ledger and the states recorded on this machine.</summary>
    /// <param name="fleet">The listed instances.</param>
    /// <param name="seen">The recorded states of this month, by instance and in time order.</param>
    /// <param name="ledger">The transactions; null when the key may not read them.</param>
    /// <param name="grouping">The property to group by.</param>
    /// <param name="now">The current time; its offset defines midnight.</param>
    public static IReadOnlyList<CostReport> Measure(
        IReadOnlyList<Instance> fleet,
        IReadOnlyList<RecordedState> seen,
        IReadOnlyList<Transaction>? ledger,
        CostGroupBy grouping,
        DateTimeOffset now) =>
        Measure(fleet, seen.Select(StoppedStretches.InstanceOf), ledger, StoppedStretches.Of(fleet, seen, now), grouping, now);

    /// <summary>Returns what each instance has cost since a time, by its recorded states and its price in the list. Time without an observation is not counted.</summary>
    public static IReadOnlyDictionary<string, decimal> CostsOf(IEnumerable<Instance> fleet, IEnumerable<RecordedState> seen, DateTimeOffset since, DateTimeOffset now)
    {
        var listed = new Dictionary<string, Instance>(StringComparer.Ordinal);
        foreach (Instance instance in fleet)
            listed[instance.Id] = instance;
        ILookup<string, RecordedState> states = seen.ToLookup(static state => state.Id, StringComparer.Ordinal);
        var costs = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (string id in listed.Keys.Concat(states.Select(static one => one.Key)).Distinct(StringComparer.Ordinal))
            costs[id] = BurnStretches.Of(states[id].ToList(), listed.TryGetValue(id, out Instance? instance) ? instance : null, since, now).Sum(stretch => stretch.CostWithin(since, now));
        return costs;
    }

    /// <summary>Returns the cost reports computed from the given values.</summary>
    /// <param name="fleet">The listed instances.</param>
    /// <param name="gone">Instances that are not listed any more, to group charges and stops that refer to them.</param>
    /// <param name="ledger">The transactions; null when the key may not read them.</param>
    /// <param name="stops">The times in which instances were recorded as stopped.</param>
    /// <param name="grouping">The property to group by.</param>
    /// <param name="now">The current time; its offset defines midnight.</param>
    /// <param name="costs">The cost of each instance so far, by id.</param>
    /// <param name="since">The time from which costs and charges count; null for the first of the month.</param>
    public static IReadOnlyList<CostReport> Measure(
        IReadOnlyList<Instance> fleet,
        IEnumerable<Instance> gone,
        IReadOnlyList<Transaction>? ledger,
        IEnumerable<StoppedStretch> stops,
        CostGroupBy grouping,
        DateTimeOffset now,
        IReadOnlyDictionary<string, decimal>? costs = null,
        DateTimeOffset? since = null)
    {
        var today = new DateTimeOffset(now.Date, now.Offset);
        var month = today.AddDays(1 - today.Day);

        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var instance in gone.Concat(fleet))
            groups[instance.Id] = GroupOf(instance, grouping);

        var burning = fleet.ToLookup(instance => GroupOf(instance, grouping), StringComparer.OrdinalIgnoreCase);
        var charges = (ledger ?? []).Where(IsCharge).ToLookup(ChargedGroup, StringComparer.OrdinalIgnoreCase);
        var stopped = stops.ToLookup(stretch => GroupOf(stretch.Instance, grouping), StringComparer.OrdinalIgnoreCase);

        var spent = (costs ?? new Dictionary<string, decimal>()).Where(static one => one.Value != 0).ToLookup(one => GroupOfId(one.Key), static one => one.Value, StringComparer.OrdinalIgnoreCase);
        var from = since ?? month;

        var names = burning.Select(group => group.Key).Concat(charges.Where(group => grouping.Grouping < CostGrouping.Name || Charged(group, from < month ? from : month) != 0).Select(group => group.Key))
            .Concat(stopped.Select(group => group.Key)).Concat(spent.Select(group => group.Key));
        if (grouping == CostGrouping.Total)
            names = names.Prepend(GroupOf(new Instance(), grouping));
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Report)
            .OrderByDescending(report => report.BurnPerHour).ThenBy(report => report.Group, StringComparer.OrdinalIgnoreCase).ToList();

        string ChargedGroup(Transaction charge) => GroupOfId(charge.InstanceId);

        string GroupOfId(string? id)
        {
            if (grouping != CostGrouping.Total && id is not null && groups.TryGetValue(id, out string? group))
                return group;
            return GroupOf(new Instance(), grouping);
        }

        CostReport Report(string name)
        {
            var burn = Burn.Of(burning[name]);
            return new CostReport
            {
                Group = name,
                Count = burn.Count,
                Unpriced = burn.Unpriced,
                BurnPerHour = burn.PerHour,
                Today = ledger is null ? null : Charged(charges[name], today),
                ThisMonth = ledger is null ? null : Charged(charges[name], month),
                Since = from,
                Cost = Math.Round(spent[name].Sum(), 4),
                Charged = ledger is null ? null : Charged(charges[name], from),
                SavedByStops = Math.Round(stopped[name].Sum(stretch => Saved(stretch, month, now)), 4),
            };
        }
    }

    private static bool IsCharge(Transaction line) => string.Equals(line.Type, Charge, StringComparison.OrdinalIgnoreCase);

    private static decimal Charged(IEnumerable<Transaction> charges, DateTimeOffset since) =>
        charges.Where(charge => charge.CreatedAt >= since).Sum(charge => -(charge.Amount ?? 0));

    private static decimal Saved(StoppedStretch stretch, DateTimeOffset month, DateTimeOffset now)
    {
        var from = stretch.From > month ? stretch.From : month;
        var to = stretch.To < now ? stretch.To : now;
        if (to <= from || !Burn.IsPrice(stretch.Instance.CostPerHour))
            return 0;
        return stretch.Instance.CostPerHour!.Value * (to - from).Ticks / TimeSpan.TicksPerHour;
    }

    private static string GroupOf(Instance instance, CostGroupBy grouping)
    {
        string? name = grouping.Grouping switch
        {
            CostGrouping.Gpu => instance.Gpu,
            CostGrouping.Provider => instance.Provider,
            CostGrouping.Region => instance.Region,
            CostGrouping.Template => instance.Template,
            CostGrouping.Name => instance.Name,
            CostGrouping.LaunchedBy => instance.LaunchedBy,
            CostGrouping.Tag => instance.Tags is { } tags && tags.TryGetValue(grouping.Key!, out string? value) ? value : null,
            _ => "total",
        };
        return string.IsNullOrEmpty(name) ? Unknown : name!;
    }
}

/// <summary>Represents a time in which an instance was stopped.</summary>
/// <param name="Instance">The instance, with the price that it did not cost in that time.</param>
/// <param name="From">The start.</param>
/// <param name="To">The end.</param>
internal readonly record struct StoppedStretch(Instance Instance, DateTimeOffset From, DateTimeOffset To);
