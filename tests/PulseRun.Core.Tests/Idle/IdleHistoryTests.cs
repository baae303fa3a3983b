using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using Xunit;
using static PulseRun.Core.Tests.Idle.Series;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Checks IdleSince and IdleFor, and the number of readings that -MinSamples Auto requires.</summary>
public class IdleHistoryTests
{
    private static readonly IdleRule s_auto = new() { AdaptsSamples = true };

    [Fact]
    public void IdleSince_IsTheFirstLowReadingAfterTheLastBusyOne()
    {
        List<Reading> readings = Zeros();
        readings[10] = At(25, 80);
        IdleVerdict verdict = Decide(readings);
        Assert.Equal(Verdict.Active, verdict.Verdict);
        Assert.Equal(Now.AddMinutes(-24), verdict.IdleSince);
        Assert.Equal(TimeSpan.FromMinutes(24), verdict.IdleFor);
    }

    [Fact]
    public void IdleSince_BeginsAgainAfterAGapHeldMemoryOrARestart()
    {
        Assert.Equal(Now.AddMinutes(-3), Decide([At(12), At(11), At(3), At(1)]).IdleSince);
        Assert.Equal(Now.AddMinutes(-2), Decide([At(4), At(3, 0, 90), At(2), At(1)]).IdleSince);
        Assert.Equal(Now.AddMinutes(-4), Decide([At(4), At(3, 0, 90), At(2), At(1)], rule: new IdleRule { IgnoreMemory = true }).IdleSince);
        Assert.Equal(Now.AddMinutes(-2), Decide([At(4, uptimeMinutes: 50), At(3, uptimeMinutes: 51), At(2, uptimeMinutes: 1), At(1, uptimeMinutes: 2)]).IdleSince);
        Assert.Equal(Now.AddMinutes(-2), Decide([At(4), At(3), At(2), At(1)], Running(2.5)).IdleSince);
    }

    [Fact]
    public void IdleSince_AnUnusableReading_IsLeftOut() => Assert.Equal(Now.AddMinutes(-4), Decide([At(4), At(3, null), At(2, 0, isPartial: true), At(1)]).IdleSince);

    [Fact]
    public void IdleSince_BusyOldSilentOrNotRunning_IsNull()
    {
        Assert.Null(Decide([At(3), At(1, 50)]).IdleSince);
        Assert.Null(Decide([At(9), At(8)]).IdleSince);
        Assert.Null(Decide([]).IdleSince);
        Assert.Null(Decide(Zeros(), metricsFailed: true).IdleSince);
        Assert.Null(Decide(Zeros(), Running(status: "stopped")).IdleSince);
        Assert.Null(Decide([]).IdleFor);
    }

    [Fact]
    public void Complete_LongerHistory_TellsTheWholeTime()
    {
        IdleVerdict verdict = Decide(Zeros());
        Assert.Equal(Now.AddMinutes(-35), verdict.IdleSince);
        Assert.True(IdleHistory.IsNeeded(verdict, Zeros(), Rule));
        List<Reading> history = [At(300, 70), .. Zeros(299)];
        IdleHistory.Complete(verdict, history, Rule);
        Assert.Equal(Now.AddMinutes(-299), verdict.IdleSince);
        Assert.Equal(Verdict.Idle, verdict.Verdict);
        // With a whole run nothing more is to be learned.
        Assert.False(IdleHistory.IsNeeded(Decide([At(34, 80), .. Zeros(33)]), [At(34, 80), .. Zeros(33)], Rule));
    }

    [Theory]
    [InlineData(0, 100, 20)]
    [InlineData(50, 50, 20)]
    [InlineData(20, 80, 31)]
    [InlineData(15, 85, 43)]
    [InlineData(10, 90, 60)]
    [InlineData(1, 99, 60)]
    [InlineData(100, 0, 20)]
    public void Required_FollowsTheShareOfBusyReadings(int busy, int low, int expected)
    {
        IEnumerable<Reading> readings = Enumerable.Range(0, busy + low).Select(i => At(busy + low - i, i < busy ? 60 : 0));
        Assert.Equal(expected, IdleHistory.Required(readings.ToList(), s_auto));
    }

    [Fact]
    public void Complete_RarelyBusy_NeedsMoreReadings()
    {
        // Every tenth reading was busy for hours; then 35 low ones.
        List<Reading> history = [.. Each(400, 36, age => At(age, age % 10 == 6 ? 90 : 0)), .. Zeros()];
        IdleVerdict verdict = Decide(Zeros(), rule: s_auto);
        Assert.Equal(Verdict.Idle, verdict.Verdict);
        IdleHistory.Complete(verdict, history, s_auto);
        Assert.Equal((Verdict.Unknown, IdleReason.TooFewSamples), (verdict.Verdict, verdict.Reason));
        // Without Auto, the verdict stays.
        verdict = Decide(Zeros());
        IdleHistory.Complete(verdict, history, Rule);
        Assert.Equal(Verdict.Idle, verdict.Verdict);
        // After 60 low readings it is Idle.
        verdict = Decide(Zeros(), rule: s_auto);
        IdleHistory.Complete(verdict, [.. Each(400, 60, age => At(age, age % 10 == 6 ? 90 : 0)), .. Zeros(59)], s_auto);
        Assert.Equal(Verdict.Idle, verdict.Verdict);
    }

    [Theory]
    [InlineData("auto", true, 20)]
    [InlineData(" Auto ", true, 20)]
    [InlineData("7", false, 7)]
    [InlineData("-1", false, -1)]
    public void Parse_NumberOrAuto_IsRead(string text, bool isAuto, int count)
    {
        SampleRequirement value = SampleRequirement.Parse(text);
        Assert.Equal((isAuto, count), (value.IsAuto, value.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("2.5")]
    public void Parse_OtherText_IsRefused(string text) => Assert.Throws<FormatException>(() => SampleRequirement.Parse(text));
}
