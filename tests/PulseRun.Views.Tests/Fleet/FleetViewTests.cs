using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetViewTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly FleetFrame s_frame = Frame(
        (new Instance { Id = "a", Status = "running", Gpu = "h100", CostPerHour = 2, StartedAt = s_now.AddDays(-1) }, 97),
        (new Instance { Id = "b", Status = "running", Gpu = "a100", CostPerHour = 3, StartedAt = s_now.AddDays(-1) }, 0),
        (new Instance { Id = "c", Status = "stopped", CostPerHour = 9 }, null),
        (new Instance { Id = "d", Status = "running", StartedAt = s_now.AddDays(-1) }, null));

    [Theory]
    [InlineData(FleetSort.Cost, "b a d c")] // a stopped instance is not billed
    [InlineData(FleetSort.Gpu, "a b c d")]
    [InlineData(FleetSort.Verdict, "b d a c")]
    [InlineData(FleetSort.Status, "a b d c")]
    [InlineData(FleetSort.Id, "a b c d")]
    public void Sort_Each_InOrder(FleetSort sort, string expected) =>
        Assert.Equal(expected, string.Join(" ", FleetOrder.Sort(s_frame.Rows, sort).Select(static row => row.Id)));

    [Theory]
    [InlineData('s', FleetSort.Cost, FleetSort.Gpu)]
    [InlineData('S', FleetSort.Status, FleetSort.Id)]
    [InlineData('s', FleetSort.Id, FleetSort.Cost)]
    [InlineData('1', FleetSort.Id, FleetSort.Cost)]
    [InlineData('5', FleetSort.Cost, FleetSort.Id)]
    [InlineData('0', FleetSort.Cost, null)]
    [InlineData('6', FleetSort.Cost, null)]
    [InlineData('x', FleetSort.Cost, null)]
    [InlineData('\0', FleetSort.Cost, null)]
    public void ForKey_Key_Chooses(char key, FleetSort current, FleetSort? expected) => Assert.Equal(expected, FleetOrder.ForKey(key, current));

    [Fact]
    public void Lines_Frame_OneForTheFleetAndOneForEach() => Assert.Equal(
        [
            "2026-03-10T12:00:00Z fleet: 4 instances, 3 billed $5.00/h or more, 1 idle $3.00/h",
            "2026-03-10T12:00:00Z b running a100 $3.00/h gpu=0% mem=10% Idle AllBelowThreshold idle=35m",
            "2026-03-10T12:00:00Z a running h100 $2.00/h gpu=97% mem=10% Active GpuBusy",
            "2026-03-10T12:00:00Z d running ? $?/h gpu=? mem=? Unknown NoSamples",
            "2026-03-10T12:00:00Z c stopped ? $9.00/h",
        ],
        FleetText.Lines(s_frame, FleetSort.Cost));

    [Theory]
    [InlineData(120.0, "balance 120.00 USD, runway 1d0h")]
    [InlineData(0.0, "balance 0.00 USD, runway 0s")]
    public void Summary_Balance_TellsTheRunway(double balance, string expected) =>
        Assert.Contains(expected, FleetText.Summary(s_frame with { Balance = new AccountBalance { Balance = (decimal)balance, Currency = "usd" } }));

    [Fact]
    public void Summary_NothingBurns_NoRunway()
    {
        FleetFrame frame = Frame((new Instance { Id = "a", Status = "stopped" }, null)) with { Balance = new AccountBalance { Balance = 5, Currency = "usd" } };
        Assert.Equal("1 instance, 0 billed $0.00/h, balance 5.00 USD", FleetText.Summary(frame));
    }

    [Fact]
    public void Lines_HostileText_IsOneWordAndObeysNobody()
    {
        FleetFrame frame = Frame((new Instance { Id = "a", Status = "run\u001b[2Jning\nfleet: x", Gpu = new string('g', 500) }, null));
        string line = FleetText.Lines(frame, FleetSort.Id)[1];
        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(5, line.Split(' ').Length);
        Assert.InRange(line.Length, 1, 200);
    }

    [Fact]
    public void For_AnyWidth_NeverWiderAndNeverEmpty()
    {
        for (int width = 1; width <= 400; width++)
        {
            IReadOnlyList<(FleetColumn Column, int Width)> layout = FleetLayout.For(width);
            Assert.Equal(FleetColumn.Id, layout[0].Column);
            Assert.All(layout, static one => Assert.True(one.Width > 0));
            Assert.InRange(layout.Sum(static one => one.Width) + layout.Count - 1, 1, width);
            Assert.Equal(layout.OrderBy(static one => one.Column), layout);
        }
    }

    [Theory]
    [InlineData(59, "Id Status Load Price Verdict")]
    [InlineData(79, "Id Status Gpu Load Memory Price Verdict")]
    [InlineData(159, "Id Status Gpu Provider Region Load Memory Price Verdict Reason Idle Read")]
    public void For_UsualWindows_ShowsWhatFits(int width, string expected) =>
        Assert.Equal(expected, string.Join(" ", FleetLayout.For(width).Select(static one => one.Column)));

    internal static FleetFrame Frame(params (Instance Instance, double? Gpu)[] rows)
    {
        var rule = new IdleRule();
        var windows = new Dictionary<string, IReadOnlyList<Reading>>();
        foreach ((Instance instance, double? gpu) in rows)
        {
            if (gpu is not null)
                windows[instance.Id] = Enumerable.Range(0, 36).Select(i => new Reading(s_now.AddMinutes(i - 35), gpu, 10, 1, false, TimeSpan.FromDays(1) + TimeSpan.FromMinutes(i))).ToList();
        }
        List<IdleVerdict> verdicts = rows.Select(row => IdleDecision.Decide(row.Instance, windows.TryGetValue(row.Instance.Id, out var readings) ? readings : [], rule, s_now)).ToList();
        return FleetFrame.Of(s_now, verdicts, windows, null, 0, rule.For);
    }

    [Fact]
    public void A_fleet_that_was_never_listed_is_unknown_and_not_empty() =>
        Assert.Equal("? instances, ? billed $?/h", FleetText.Summary(new FleetFrame { At = DateTimeOffset.UnixEpoch, IsListed = false, Problem = "no list" }));
}
