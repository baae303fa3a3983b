using System;
using System.Linq;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using PulseRun.Views.Tests.Support;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetPagesTests
{
    [Fact]
    public void Details_Running_HasTheEvidence()
    {
        FleetFrame frame = Frames.Many(1);
        string[] lines = FleetPages.Details(frame.Rows[0], frame.Span, 80, blocks: true).ToArray();
        Assert.Contains("State       running, up 2d0h", lines);
        Assert.Contains("Price       $2.10/h, $1,533.00 a month", lines);
        Assert.Contains("GPU load    55% now, at most 99% in the last 30m", lines);
        Assert.Contains("Verdict     Active, GpuBusy", lines);
        Assert.Contains("            A GPU was busy in the window.", lines);
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void Details_NothingKnown_IsAQuestionMark()
    {
        FleetFrame frame = Frames.Of(new Instance { Id = "a" });
        Assert.Equal(
            ["Id          a", "State       ?", "GPU         ?", "Provider    ?, ?", "Template    ?", "Price       ?"],
            FleetPages.Details(frame.Rows[0], frame.Span, 80, blocks: true));
    }

    [Fact]
    public void Details_HostileText_IsClean()
    {
        FleetFrame frame = Frames.Of(new Instance { Id = "a\u001b[2J", Status = "running", Gpu = "\u202Ex", GpuName = "a\nb", Template = "\u0007", CostPerHour = decimal.MaxValue, StartedAt = Frames.Now.AddDays(-1) });
        Assert.All(FleetPages.Details(frame.Rows[0], frame.Span, 80, blocks: true), static line => Assert.DoesNotContain(line, static c => char.IsControl(c) || c == '\u202E'));
    }

    [Fact]
    public void ReasonText_EachReason_IsASentence() =>
        Assert.All(Enum.GetValues(typeof(IdleReason)).Cast<IdleReason>(), static reason => Assert.EndsWith(".", ReasonText.Of(reason)));

    [Fact]
    public void Help_FitsEightyColumns() => Assert.All(FleetPages.Help(), static line => Assert.InRange(line.Length, 0, 79));
}
