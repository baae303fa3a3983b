using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using PulseRun.Views.Tests.Support;
using Spectre.Console;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetTableTests
{
    private const string Hostile = "[red]x[/] \u001b[2J\u001b]0;t\u0007 \u202Ereversed\r\n日本語日本語日本語日本語 😀😀😀😀😀😀😀😀😀😀😀 [[ ]] [link=http://x]y[/]";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 5)]
    [InlineData(40, 10)]
    [InlineData(60, 24)]
    [InlineData(79, 24)]
    [InlineData(80, 24)]
    [InlineData(120, 30)]
    [InlineData(160, 40)]
    [InlineData(300, 80)]
    public void Draw_AnyWindow_NothingIsWiderOrHigher(int width, int height)
    {
        FleetFrame frame = Frames.Of(Enumerable.Range(0, 30).Select(static i => Frames.One("inst_" + new string('x', i * 3), Hostile)).ToArray()) with { Problem = Hostile + new string('p', 300) };
        IReadOnlyList<string> lines = new FleetTable(width, height, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, 0, 3, "", "status " + Hostile);
        Assert.InRange(lines.Count, 1, height);
        Assert.All(lines, line =>
        {
            string plain = WithoutStyle(line);
            Assert.InRange(plain.GetCellWidth(), 0, width);
            Assert.DoesNotContain(plain, static c => char.IsControl(c) || c == '\u202E');
        });
    }

    [Fact]
    public void Draw_AtEighty_ShowsStatusLoadMemoryPriceAndVerdict()
    {
        IReadOnlyList<string> lines = new FleetTable(79, 24, ColorSystem.NoColors, blocks: true).Draw(Frames.Many(3), Frames.Many(3).Rows, "status");
        Assert.Equal(6, lines.Count);
        Assert.Equal("3 instances, 3 billed $6.30/h, balance 391.47 USD, runway 2d14h", WithoutStyle(lines[0]).TrimEnd());
        Assert.Matches(@"^Id +Status +Gpu +Provider +GPU load +Mem +\$/h Verdict Reason\s*$", WithoutStyle(lines[1]));
        Assert.Matches(@"^inst_00 +running +h100_80gb +h100_80gb +55% [▁▂▃▄▅▆▇█]{8,} 100% +2\.10 Active +GpuBusy\s*$", WithoutStyle(lines[2]));
        Assert.Equal("status", WithoutStyle(lines[5]).TrimEnd());
    }

    [Fact]
    public void Draw_AtOneHundredAndSixty_ShowsEverything()
    {
        FleetFrame frame = Frames.Many(1);
        IReadOnlyList<string> lines = new FleetTable(159, 40, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, "status");
        Assert.Matches(@"^Id +Status +Gpu +Provider +Region +GPU load +Mem +\$/h Verdict Reason +Idle +Read\s*$", WithoutStyle(lines[1]));
        Assert.Contains("GpuBusy", lines[2]);
    }

    [Theory]
    [InlineData(24, 50, 20, "and 30 more")]
    [InlineData(24, 21, 21, null)]
    [InlineData(24, 22, 20, "and 2 more")]
    [InlineData(3, 5, 0, null)]
    public void Draw_MoreThanTheWindowHolds_SaysHowMany(int height, int instances, int shown, string? more)
    {
        FleetFrame frame = Frames.Many(instances);
        IReadOnlyList<string> lines = new FleetTable(79, height, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, "status");
        Assert.Equal(shown, lines.Count(static line => line.Contains("inst_")));
        Assert.Equal(more is not null, lines.Any(line => more is not null && line.Contains(more)));
        Assert.InRange(lines.Count, 1, height);
    }

    [Fact]
    public void Draw_MarkupFromAServer_IsText()
    {
        FleetFrame frame = Frames.Of(Frames.One("a", "[red]x[/]"));
        IReadOnlyList<string> lines = new FleetTable(159, 24, ColorSystem.TrueColor, blocks: true).Draw(frame, frame.Rows, "status");
        Assert.Contains("[red]x[/]", lines[2]);
    }

    [Fact]
    public void Draw_NoRefreshYet_SaysSo() =>
        Assert.Equal(["Reading the fleet ...", "status"], new FleetTable(79, 24, ColorSystem.NoColors, blocks: true).Draw(null, [], 0, 0, "", "status").Select(static line => WithoutStyle(line).TrimEnd()));

    [Theory]
    [InlineData(ColorSystem.NoColors, false)]
    [InlineData(ColorSystem.Standard, true)]
    public void Draw_Colours_AsTheTerminalHasThem(ColorSystem colors, bool colored) =>
        Assert.Equal(colored, new FleetTable(79, 24, colors, blocks: true).Draw(Frames.Many(1), Frames.Many(1).Rows, "status").Any(static line => Regex.IsMatch(line, "\u001b\\[[0-9;]*(3[0-7]|9[0-7])m")));

    // The columns at three widths of the terminal, one less for the last cell. Short ids leave room for the reason at 80 columns.
    [Theory]
    [InlineData(79, "Id Status Gpu GPU load Mem $/h Verdict")]
    [InlineData(119, "Id Status Gpu Provider Region GPU load Mem $/h Verdict Reason Read")]
    [InlineData(199, "Id Status Gpu Provider Region GPU load Mem $/h Verdict Reason Idle Read")]
    public void Layout_Window_ShowsTheReasonWhereThereIsRoom(int width, string titles)
    {
        FleetFrame frame = Frames.Of(Frames.One("inst_wdpocfxxx09phi0", "rtx_6000_ada_48gb"));
        string header = WithoutStyle(new FleetTable(width, 24, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, "status")[1]);
        Assert.Equal(titles, Regex.Replace(header.Trim(), " +", " "));
    }

    [Fact]
    public void Layout_ShortTexts_LeaveRoomForTheReasonAtEighty()
    {
        FleetFrame frame = Frames.Of(Frames.One("inst_1", "h100"));
        Assert.Contains("GpuBusy", new FleetTable(79, 24, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, "status")[2]);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(119)]
    [InlineData(199)]
    public void Layout_LongGpuName_IsWhole(int width)
    {
        FleetFrame frame = Frames.Of(Frames.One("inst_wdpocfxxx09phi0", "rtx_6000_ada_48gb"));
        Assert.Contains("rtx_6000_ada_48gb", new FleetTable(width, 24, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, "status")[2]);
    }

    [Theory]
    [InlineData(ColorSystem.NoColors)]
    [InlineData(ColorSystem.TrueColor)]
    public void Draw_SelectedRow_IsInvertedOverTheWholeWidth(ColorSystem colors)
    {
        FleetFrame frame = Frames.Many(30);
        IReadOnlyList<string> lines = new FleetTable(79, 12, colors, blocks: true).Draw(frame, frame.Rows, 10, 12, "", "status");
        string selected = Assert.Single(lines, static line => line.Contains("\u001b[7m"));
        Assert.StartsWith("inst_12", WithoutStyle(selected));
        Assert.Equal(79, WithoutStyle(selected).Length);
        Assert.Equal(12, lines.Count);
        Assert.Equal(9, lines.Count(static line => line.Contains("inst_")));
    }

    [Fact]
    public void Draw_EmptyFleet_SaysSo()
    {
        FleetFrame frame = Frames.Of();
        Assert.Contains(new FleetTable(79, 12, ColorSystem.NoColors, blocks: true).Draw(frame, frame.Rows, 0, 0, "", "status"), static line => line.Contains("There are no instances."));
    }

    private static string WithoutStyle(string line) => Regex.Replace(line, "\u001b\\[[0-9;]*m", "");
}
