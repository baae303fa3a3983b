using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Views.Fleet;

/// <summary>Computes which columns fit into a window, and their widths. Columns are separated by one space.</summary>
internal static class FleetLayout
{
    /// <summary>The width of the text before the history bar in the load column: <c>100% </c>.</summary>
    public const int LoadPrefix = 5;

    /// <summary>The columns in the order of importance, with their smallest and largest widths. Columns that do not fit are omitted.</summary>
    private static readonly (FleetColumn Column, int Least, int Most)[] s_columns =
    [
        (FleetColumn.Id, 20, 24),
        (FleetColumn.Load, LoadPrefix + 8, LoadPrefix + 30),
        (FleetColumn.Price, 7, 9),
        (FleetColumn.Verdict, 7, 7),
        (FleetColumn.Status, 8, 12),
        (FleetColumn.Memory, 4, 4),
        (FleetColumn.Gpu, 11, 16),
        (FleetColumn.Reason, 19, 19),
        (FleetColumn.Provider, 10, 14),
        (FleetColumn.Region, 10, 14),
        (FleetColumn.Read, 6, 6),
        (FleetColumn.Idle, 6, 6),
    ];

    /// <summary>The columns in the order in which they get remaining space.</summary>
    private static readonly FleetColumn[] s_growth =
        [FleetColumn.Status, FleetColumn.Id, FleetColumn.Gpu, FleetColumn.Price, FleetColumn.Provider, FleetColumn.Region, FleetColumn.Load];

    /// <summary>Returns the columns for a window, with their widths.</summary>
    /// <param name="windowWidth">The width of the window, in cells.</param>
    /// <returns>The columns from left to right. Their total width is at most that of the window.</returns>
    public static IReadOnlyList<(FleetColumn Column, int Width)> For(int windowWidth)
    {
        var widths = new Dictionary<FleetColumn, int>();
        int left = windowWidth;
        foreach ((FleetColumn column, int least, int _) in s_columns)
        {
            int width = widths.Count == 0 ? Math.Max(1, Math.Min(least, left)) : least;
            int needed = width + (widths.Count == 0 ? 0 : 1);
            if (needed > left)
                continue;
            widths.Add(column, width);
            left -= needed;
        }
        foreach (FleetColumn column in s_growth)
        {
            if (!widths.TryGetValue(column, out int width))
                continue;
            int grown = Math.Min(left, s_columns.First(one => one.Column == column).Most - width);
            if (grown <= 0)
                continue;
            widths[column] = width + grown;
            left -= grown;
        }
        return widths.OrderBy(static one => one.Key).Select(static one => (one.Key, one.Value)).ToList();
    }

    public static string Title(FleetColumn column) => column switch
    {
        FleetColumn.Load => "GPU load",
        FleetColumn.Memory => "Mem",
        FleetColumn.Price => "$/h",
        FleetColumn.Read => "Read",
        _ => column.ToString(),
    };

    public static bool IsRight(FleetColumn column) => column is FleetColumn.Memory or FleetColumn.Price or FleetColumn.Read or FleetColumn.Idle;
}
