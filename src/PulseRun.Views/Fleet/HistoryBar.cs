using System;
using System.Collections.Generic;

namespace PulseRun.Views.Fleet;

/// <summary>Draws recent readings as a line of blocks: each cell covers an equal part of the time and is as high as the busiest reading in it.</summary>
internal static class HistoryBar
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>The characters for terminals that cannot show block characters.</summary>
    private const string Letters = "_.-:=+*#";

    /// <summary>Returns the bar.</summary>
    /// <param name="readings">The readings, in time order. Those outside the span are ignored.</param>
    /// <param name="end">The time at the right end of the bar.</param>
    /// <param name="span">The time that the bar covers.</param>
    /// <param name="cells">The width of the bar.</param>
    /// <param name="blocks">True when the terminal can show block characters.</param>
    /// <returns>A text with one character per cell. A cell without a reading is a space, which differs from a reading of 0.</returns>
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
