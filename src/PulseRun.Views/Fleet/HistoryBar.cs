using System;
using System.Collections.Generic;

namespace PulseRun.Views.Fleet;

/// <summary>The last half hour as a line of blocks: one cell for each part of the time, as high as the busiest reading in it.</summary>
internal static class HistoryBar
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>For terminals that cannot show blocks.</summary>
    private const string Letters = "_.-:=+*#";

    /// <param name="readings">In time order; others than those of the span are passed over.</param>
    /// <param name="end">Where the bar ends.</param>
    /// <param name="span">How far back it goes.</param>
    /// <param name="cells">How wide it is.</param>
    /// <param name="blocks">Whether the terminal shows blocks.</param>
    /// <returns>As many characters as cells; a part without a reading is a space, which is not zero.</returns>
    public static string Of(IReadOnlyList<Reading> readings, DateTimeOffset end, TimeSpan span, int cells, bool blocks)
    {
        var peaks = new double[Math.Max(0, cells)];
        for (int i = 0; i < peaks.Length; i++)
            peaks[i] = -1;
        DateTimeOffset start = end - span;
        foreach (Reading reading in readings)
        {
            if (reading.PeakGpu is not { } gpu || reading.At < start || reading.At > end || span <= TimeSpan.Zero || peaks.Length == 0)
                continue;
            int cell = (int)((double)(reading.At - start).Ticks / span.Ticks * peaks.Length);
            cell = Math.Min(cell, peaks.Length - 1);
            peaks[cell] = Math.Max(peaks[cell], gpu);
        }
        string heights = blocks ? Blocks : Letters;
        var bar = new char[peaks.Length];
        for (int i = 0; i < bar.Length; i++)
            bar[i] = peaks[i] < 0 ? ' ' : heights[Math.Min(heights.Length - 1, (int)(Math.Min(peaks[i], 100) / 100 * heights.Length))];
        return new string(bar);
    }
}
