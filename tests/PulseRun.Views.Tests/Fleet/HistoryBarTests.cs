using System;
using System.Globalization;
using System.Linq;
using PulseRun.Views.Fleet;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class HistoryBarTests
{
    private static readonly DateTimeOffset s_end = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "        ")]
    [InlineData("79:0", "▁       ")]
    [InlineData("0:100", "       █")]
    [InlineData("79:0 69:13 59:25 49:38 39:50 29:63 19:75 9:88", "▁▂▃▄▅▆▇█")]
    [InlineData("9:2 8:90 7:3", "       █")] // the busiest reading of a cell counts
    [InlineData("80:50", "▅       ")] // the start belongs to the span
    [InlineData("81:50", "        ")] // before the span
    [InlineData("-1:50", "        ")] // after the span
    [InlineData("30:?", "        ")] // unknown is not zero
    [InlineData("35:250", "    █   ")]
    public void Of_Readings_OneCellForEachPart(string readings, string expected) =>
        Assert.Equal(expected, HistoryBar.Of(Samples(readings), s_end, TimeSpan.FromMinutes(80), 8, blocks: true));

    [Fact]
    public void Of_NoBlocks_PlainLetters() =>
        Assert.Equal("_      #", HistoryBar.Of(Samples("79:0 0:100"), s_end, TimeSpan.FromMinutes(80), 8, blocks: false));

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Of_NoRoom_Empty(int cells) => Assert.Equal("", HistoryBar.Of(Samples("0:1"), s_end, TimeSpan.FromMinutes(80), cells, blocks: true));

    [Fact]
    public void Of_NoSpan_Blank() => Assert.Equal("   ", HistoryBar.Of(Samples("0:1"), s_end, TimeSpan.Zero, 3, blocks: true));

    private static Reading[] Samples(string text) => text.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(static part =>
    {
        string[] pair = part.Split(':');
        return new Reading(s_end.AddMinutes(-int.Parse(pair[0], CultureInfo.InvariantCulture)), pair[1] == "?" ? null : double.Parse(pair[1], CultureInfo.InvariantCulture), null, 1, false, null);
    }).ToArray();
}
