using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Views.Fleet;

/// <summary>Computes which columns fit into a window, and their widths. Columns are separated by one space.</summary>
internal static class FleetLayout
{
    /// <summary>The width of the text before the history bar in the load column: <c>100% </c>.</summary>
    public const int LoadPrefix = 5;

    /// <summary>The width of a window, less the last cell, from which texts take precedence over columns.</summary>
    private const int Wide = 99;

    /// <summary>The columns in the order of importance, with their smallest and largest widths. Columns that do not fit are omitted.</summary>
    private static readonly (FleetColumn Column, int Least, int Most)[] s_columns =
    [
        (FleetColumn.Id, 20, 24),
        (FleetColumn.Load, LoadPrefix + 8, LoadPrefix + 30),
        (FleetColumn.Price, 7, 9),
        (FleetColumn.Verdict, 7, 7),
        (FleetColumn.Status, 8, 12),
        (FleetColumn.Memory, 4, 4),
        (FleetColumn.Gpu, 11, 18),
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
    /// <param name="needed">The width of the longest text of a column; a column without an entry gets its usual widths. Space that texts do not need goes to further columns.</param>
    /// <returns>The columns from left to right. Their total width is at most that of the window.</returns>
    public static IReadOnlyList<(FleetColumn Column, int Width)> For(int windowWidth, IReadOnlyDictionary<FleetColumn, int>? needed = null)
    {
        var widths = new Dictionary<FleetColumn, int>();
        int left = windowWidth;
        foreach ((FleetColumn column, int least, int most) in s_columns)
        {
            // If there is room for more columns, the id and the GPU type are shown whole before others are added.
            bool isWhole = windowWidth >= Wide && (column is FleetColumn.Id or FleetColumn.Gpu);
            int width = Math.Min(isWhole ? most : least, Need(column));
            if (widths.Count == 0)
                width = Math.Max(1, Math.Min(width, left));
            int taken = width + (widths.Count == 0 ? 0 : 1);
            if (taken > left)
                continue;
            widths.Add(column, width);
            left -= taken;
        }
        foreach (FleetColumn column in s_growth)
        {
            if (!widths.TryGetValue(column, out int width))
                continue;
            int grown = Math.Min(left, Math.Min(s_columns.First(one => one.Column == column).Most, Need(column)) - width);
            if (grown <= 0)
                continue;
            widths[column] = width + grown;
            left -= grown;
        }
        return widths.OrderBy(static one => one.Key).Select(static one => (one.Key, one.Value)).ToList();

        int Need(FleetColumn column) => needed is not null && needed.TryGetValue(column, out int need) ? Math.Max(need, Title(column).Length) : int.MaxValue;
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
