using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Views.Fleet;

/// <summary>Sorts the rows. Equal rows are sorted by id, so that rows keep their place between refreshes.</summary>
internal static class FleetOrder
{
    private const int Count = (int)FleetSort.Id + 1;

    public static IReadOnlyList<WatchedInstance> Sort(IReadOnlyList<WatchedInstance> rows, FleetSort sort)
    {
        IOrderedEnumerable<WatchedInstance> sorted = sort switch
        {
            FleetSort.Cost => rows.OrderByDescending(IsBilled).ThenByDescending(static row => row.CostPerHour ?? -1),
            FleetSort.Gpu => rows.OrderByDescending(static row => row.GpuUtilization ?? -1),
            FleetSort.Verdict => rows.OrderBy(Rank).ThenByDescending(static row => row.CostPerHour ?? -1),
            FleetSort.Status => rows.OrderBy(static row => row.Status, StringComparer.OrdinalIgnoreCase),
            _ => rows.OrderBy(static row => 0),
        };
        return sorted.ThenBy(static row => row.Id, StringComparer.Ordinal).ToList();
    }

    /// <summary>Returns the sort order for a key: s selects the next one, 1 to 5 select one each. Returns null for any other key.</summary>
    public static FleetSort? ForKey(char key, FleetSort current)
    {
        if (key is 's' or 'S')
            return (FleetSort)(((int)current + 1) % Count);
        int index = key - '1';
        return index >= 0 && index < Count ? (FleetSort)index : null;
    }

    private static bool IsBilled(WatchedInstance row) => InstanceStatus.IsBurning(row.Status);

    /// <summary>Returns the rank of a row for sorting by verdict: idle instances first, then unknown, active and not running ones.</summary>
    private static int Rank(WatchedInstance row) => row.Verdict switch
    {
        Verdict.Idle => 0,
        Verdict.Active => 2,
        _ => row.Reason == IdleReason.NotRunning ? 3 : 1,
    };
}
