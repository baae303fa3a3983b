using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using Xunit;
using static PulseRun.Core.Tests.Idle.Series;

namespace PulseRun.Core.Tests.Idle;

public class IdleDecisionTests
{
    private static readonly Dictionary<string, (Func<IdleVerdict> Decide, IdleReason Expected)> s_table = new()
    {
        ["all zeros"] = (() => Decide(Zeros()), IdleReason.AllBelowThreshold),
        ["just below the threshold"] = (() => Decide(With(7, At(7, 4.99))), IdleReason.AllBelowThreshold),
        ["at the threshold"] = (() => Decide(With(7, At(7, 5))), IdleReason.GpuBusy),
        ["a spike one sample long"] = (() => Decide(With(29, At(29, 99))), IdleReason.GpuBusy),
        ["a spike in the newest reading"] = (() => Decide(With(0, At(0, 6))), IdleReason.GpuBusy),
        ["over 100"] = (() => Decide(With(7, At(7, 250))), IdleReason.GpuBusy),
        ["infinity"] = (() => Decide(With(7, At(7, double.PositiveInfinity))), IdleReason.GpuBusy),
        ["busy, and everything else wrong"] = (() => Decide([At(50, 0), At(20, 90, 90, 8), At(25, 0, 90, 4), At(-3)], Running(3)), IdleReason.GpuBusy),
        ["busy at the window's start"] = (() => Decide(With(30, At(30, 50))), IdleReason.GpuBusy),
        ["busy before the window"] = (() => Decide(With(31, At(31, 50))), IdleReason.AllBelowThreshold),
        ["busy in the reading the start leans on"] = (() => Decide([At(31, 50), .. Zeros(29)]), IdleReason.WindowNotCovered),
        ["memory held in the reading the start leans on"] = (() => Decide([At(31, 0, 60), .. Zeros(29)]), IdleReason.MemoryHeld),
        ["memory held before the window, and a reading at its very start"] = (() => Decide([At(31, 0, 60), .. Zeros(30)]), IdleReason.AllBelowThreshold),
        ["memory held before that one"] = (() => Decide([At(32, 0, 60), .. Zeros(31)]), IdleReason.AllBelowThreshold),
        ["memory held throughout, and no reading at the very start"] = (() => Decide(Each(35, 0, age => At(age + 0.5, 0, 60))), IdleReason.MemoryHeld),
        ["memory held before, ignored"] = (() => Decide([At(31, 0, 60), .. Zeros(29)], rule: new() { IgnoreMemory = true }), IdleReason.AllBelowThreshold),
        ["two readings before the window at one moment, one busy"] = (() => Decide([At(31, 50), At(31, 0), .. Zeros(29)]), IdleReason.WindowNotCovered),

        ["zeros with memory held"] = (() => Decide(With(7, At(7, 0, 50))), IdleReason.MemoryHeld),
        ["memory just below"] = (() => Decide(With(7, At(7, 0, 49.9))), IdleReason.AllBelowThreshold),
        ["memory held, ignored"] = (() => Decide(With(7, At(7, 0, 99)), rule: new() { IgnoreMemory = true }), IdleReason.AllBelowThreshold),
        ["memory held in a reading without GPU"] = (() => Decide(With(7, At(7, null, 80))), IdleReason.MemoryHeld),
        ["memory known once only"] = (() => Decide(With(7, At(7, 0, 1))), IdleReason.AllBelowThreshold),
        ["memory NaN"] = (() => Decide(With(7, At(7, 0, double.NaN))), IdleReason.AllBelowThreshold),

        ["nothing was ever read"] = (() => Decide([]), IdleReason.NoSamples),
        ["every reading null"] = (() => Decide(Each(35, 0, age => At(age, null))), IdleReason.MetricsUnavailable),
        ["every reading NaN"] = (() => Decide(Each(35, 0, age => At(age, double.NaN))), IdleReason.MetricsUnavailable),
        ["every reading negative"] = (() => Decide(Each(35, 0, age => At(age, -1))), IdleReason.MetricsUnavailable),
        ["the newest reading null"] = (() => Decide(With(0, At(0, null))), IdleReason.MetricsUnavailable),
        ["the newest moment read and null"] = (() => Decide([.. Zeros(), At(0, null)]), IdleReason.MetricsUnavailable),
        ["the newest moment null and read"] = (() => Decide([.. Zeros(35, 1), At(0, null), At(0)]), IdleReason.MetricsUnavailable),
        ["the newest moment null and busy"] = (() => Decide([.. Zeros(), At(0, null), At(0, 90)]), IdleReason.GpuBusy),
        ["a moment null and read, and one after it"] = (() => Decide([.. Zeros(35, 1), At(1, null), At(0)]), IdleReason.AllBelowThreshold),
        ["the newest request failed"] = (() => Decide(Zeros(), metricsFailed: true), IdleReason.MetricsUnavailable),
        ["nulls no longer than the gap"] = (() => Decide(Each(35, 0, age => At(age, age is > 10 and < 15 ? null : 0))), IdleReason.AllBelowThreshold),
        ["nulls longer than the gap"] = (() => Decide(Each(35, 0, age => At(age, age is > 10 and < 16 ? null : 0))), IdleReason.GapTooLong),
        ["one GPU of eight unread"] = (() => Decide(Each(35, 0, age => At(age, 0, gpus: 8, isPartial: true))), IdleReason.MetricsUnavailable),
        ["one GPU of eight unread, another busy"] = (() => Decide(With(4, At(4, 80, gpus: 8, isPartial: true))), IdleReason.GpuBusy),

        ["a gap in the middle"] = (() => Decide(Without(age => age is > 10 and < 16)), IdleReason.GapTooLong),
        ["a gap just allowed"] = (() => Decide(Without(age => age is > 10 and < 15)), IdleReason.AllBelowThreshold),
        ["a gap across the start"] = (() => Decide(Without(age => age is > 27 and < 33)), IdleReason.GapTooLong),
        ["a gap up to the start"] = (() => Decide([At(38), .. Zeros(30)]), IdleReason.AllBelowThreshold),
        ["a gap at the start"] = (() => Decide(Without(age => age is > 29 and not 34)), IdleReason.AllBelowThreshold),
        ["a pause that ended inside the window"] = (() => Decide([At(300), .. Zeros(29)]), IdleReason.WindowNotCovered),
        ["the first readings are inside the window"] = (() => Decide(Zeros(29)), IdleReason.WarmingUp),
        ["the first readings, the window read before by silent answers only"] = (() => Decide([At(300, null), .. Zeros(29)]), IdleReason.WarmingUp),
        ["a gap before the start"] = (() => Decide([At(35.1), .. Zeros(29)]), IdleReason.WindowNotCovered),
        ["the reading before the start as far as allowed"] = (() => Decide([At(32), .. Zeros(27)]), IdleReason.AllBelowThreshold),
        ["a gap at the end"] = (() => Decide(Without(age => age < 6)), IdleReason.SampleStale),
        ["a gap at the end just allowed"] = (() => Decide(Without(age => age < 5)), IdleReason.AllBelowThreshold),
        ["one reading, just taken"] = (() => Decide([At(0)]), IdleReason.WarmingUp),
        ["one reading long ago"] = (() => Decide([At(34)]), IdleReason.SampleStale),
        ["a window longer than the history"] = (() => Decide(Zeros(), rule: new() { For = TimeSpan.FromHours(2) }), IdleReason.WarmingUp),
        ["20 readings within 8 seconds, and one every 5 minutes"] = (() => Decide([.. Zeros(35, 5, 5), .. Enumerable.Range(0, 20).Select(i => At(0.2 - i * 0.4 / 60))]), IdleReason.TooFewSamples),
        ["20 readings in 10 slots"] = (() => Decide([At(31), .. Enumerable.Range(0, 10).SelectMany(i => new[] { At(29.9 - i * 3), At(29.8 - i * 3) })]), IdleReason.TooFewSamples),
        ["40 readings in 20 slots"] = (() => Decide([At(31), .. Enumerable.Range(0, 20).SelectMany(i => new[] { At(29.9 - i * 1.5), At(29.8 - i * 1.5) })]), IdleReason.AllBelowThreshold),
        ["samples only every 5 minutes"] = (() => Decide(Zeros(35, 0, 5)), IdleReason.TooFewSamples),
        ["samples every 6 minutes"] = (() => Decide(Zeros(36, 0, 6)), IdleReason.GapTooLong),
        ["19 readings"] = (() => Decide(Without(age => age is < 31 and > 0 && (age % 3 == 0 || age == 1 || age == 2))), IdleReason.TooFewSamples),
        ["20 readings"] = (() => Decide(Without(age => age is < 31 and > 0 && (age % 3 == 0 || age == 1))), IdleReason.AllBelowThreshold),
        ["few readings, asked for few"] = (() => Decide(Zeros(35, 0, 5), rule: new() { MinSamples = 7 }), IdleReason.AllBelowThreshold),
        ["duplicate timestamps do not count twice"] = (() => Decide([.. Zeros(35, 0, 5).SelectMany(s => Enumerable.Repeat(s, 9))]), IdleReason.TooFewSamples),
        ["duplicate timestamps, one busy"] = (() => Decide([.. Zeros(35, 6), At(5, 0), At(5, 70), .. Zeros(4)]), IdleReason.GpuBusy),

        ["fractions all the time"] = (() => Decide(Each(35, 0, age => At(age, 0.97))), IdleReason.UnitUnclear),
        ["a fraction now and then"] = (() => Decide(Each(35, 0, age => At(age, age % 3 == 0 ? 0.97 : 0))), IdleReason.UnitUnclear),
        ["ones"] = (() => Decide(Each(35, 0, age => At(age, 1))), IdleReason.UnitUnclear),
        ["ones, whatever was recorded before"] = (() => Decide(Each(35, 0, age => At(age, 1)), unit: new(true, true)), IdleReason.UnitUnclear),
        ["fractions all the time, whatever was recorded before"] = (() => Decide(Each(35, 0, age => At(age, 0.97)), unit: new(true, true)), IdleReason.UnitUnclear),
        ["zeros and ones, nothing known"] = (() => Decide(ZerosAndOnes()), IdleReason.UnitUnclear),
        ["zeros and ones, this instance had more"] = (() => Decide(ZerosAndOnes(), unit: new(true, false)), IdleReason.AllBelowThreshold),
        ["zeros and ones, another instance had more"] = (() => Decide(ZerosAndOnes(), unit: new(false, true)), IdleReason.AllBelowThreshold),
        ["zeros and fractions, this instance had more"] = (() => Decide(Each(35, 0, age => At(age, age % 3 == 0 ? 0.3 : 0)), unit: new(true, false)), IdleReason.AllBelowThreshold),
        ["zeros and fractions, another instance had more"] = (() => Decide(Each(35, 0, age => At(age, age % 3 == 0 ? 0.97 : 0)), unit: new(false, true)), IdleReason.UnitUnclear),
        ["zeros and ones, and one fraction"] = (() => Decide([.. ZerosAndOnes(35, 8), At(7, 0.5), .. ZerosAndOnes(6)], unit: new(false, true)), IdleReason.UnitUnclear),
        ["zeros, ones and one reading above"] = (() => Decide([.. ZerosAndOnes(35, 8), At(7, 1.5), .. ZerosAndOnes(6)]), IdleReason.AllBelowThreshold),
        ["zeros only, nothing known"] = (() => Decide(Zeros()), IdleReason.AllBelowThreshold),
        ["zeros, and a fraction in the reading the start leans on"] = (() => Decide([At(31, 0.97), .. Zeros(29)]), IdleReason.UnitUnclear),
        ["zeros, and a fraction before that one"] = (() => Decide([At(32, 0.97), .. Zeros(31)]), IdleReason.AllBelowThreshold),
        ["zeros from the very start, and a fraction before"] = (() => Decide([At(31, 0.97), .. Zeros(30)]), IdleReason.AllBelowThreshold),
        ["zeros and ones, said to be fractions, another instance had more"] = (() => Decide(ZerosAndOnes(), rule: new() { UnitScale = UnitScale.Fraction }, unit: new(true, true)), IdleReason.GpuBusy),
        ["a little above one, once"] = (() => Decide(Each(35, 0, age => At(age, age == 12 ? 1.1 : 0.9))), IdleReason.AllBelowThreshold),
        ["fractions, said to be percent"] = (() => Decide(Each(35, 0, age => At(age, 0.97)), rule: new() { UnitScale = UnitScale.Percent }), IdleReason.AllBelowThreshold),
        ["fractions, said to be fractions"] = (() => Decide(Each(35, 0, age => At(age, age == 12 ? 0.97 : 0)), rule: new() { UnitScale = UnitScale.Fraction }), IdleReason.GpuBusy),
        ["low fractions"] = (() => Decide(Each(35, 0, age => At(age, 0.049)), rule: new() { UnitScale = UnitScale.Fraction }), IdleReason.AllBelowThreshold),
        ["percent, said to be fractions"] = (() => Decide(Each(35, 0, age => At(age, 2.5)), rule: new() { UnitScale = UnitScale.Fraction }), IdleReason.AllBelowThreshold),
        ["a model loaded, memory perhaps a fraction"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.9))), IdleReason.UnitUnclear),
        ["a model loaded, memory perhaps a fraction, this instance had percent"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.9)), unit: new(true, false)), IdleReason.AllBelowThreshold),
        ["a model loaded, memory perhaps a fraction, another instance had percent"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.9)), unit: new(false, true)), IdleReason.AllBelowThreshold),
        ["a model loaded, memory perhaps a fraction, memory above one once"] = (() => Decide(Each(35, 0, age => At(age, 0, age == 12 ? 1.1 : 0.9))), IdleReason.AllBelowThreshold),
        ["a model loaded, memory perhaps a fraction, said to be percent"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.9)), rule: new() { UnitScale = UnitScale.Percent }), IdleReason.AllBelowThreshold),
        ["a model loaded, memory perhaps a fraction, ignored"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.9)), rule: new() { IgnoreMemory = true }), IdleReason.AllBelowThreshold),
        ["little memory, perhaps a fraction"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.4))), IdleReason.AllBelowThreshold),
        ["one percent of memory"] = (() => Decide(Each(35, 0, age => At(age, 0, 1))), IdleReason.AllBelowThreshold),
        ["memory as a fraction"] = (() => Decide(Each(35, 0, age => At(age, 0, 0.6)), rule: new() { UnitScale = UnitScale.Fraction }), IdleReason.MemoryHeld),

        ["frozen for half an hour"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600))), IdleReason.MetricsUnavailable),
        ["frozen for the last five minutes"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - Math.Max(age, 5)))), IdleReason.MetricsUnavailable),
        ["frozen while busy"] = (() => Decide(Each(35, 0, age => At(age, 80, uptimeMinutes: 600))), IdleReason.GpuBusy),
        ["an uptime at a third of the pace"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - age / 3.0))), IdleReason.MetricsUnavailable),
        ["an uptime at two thirds of the pace"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - age * 2 / 3.0))), IdleReason.AllBelowThreshold),
        ["frozen in the middle, longer than a gap"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - (age is > 10 and < 18 ? 18 : age)))), IdleReason.GapTooLong),
        ["frozen in the middle, within a gap"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - (age is > 10 and < 15 ? 15 : age)))), IdleReason.AllBelowThreshold),
        ["an uptime reported once a minute, and read twice"] = (() => Decide([.. Enumerable.Range(0, 71).Select(i => At(35 - i / 2.0, uptimeMinutes: 600 - Math.Ceiling(35 - i / 2.0)))]), IdleReason.AllBelowThreshold),
        ["the second look repeats the first, which is 10 seconds old"] = (() => Decide([.. Each(35, 1, age => At(age, uptimeMinutes: 600 - age)), At(0.8, uptimeMinutes: 599)]), IdleReason.AllBelowThreshold),
        ["read every three seconds, frozen"] = (() => Decide([.. Enumerable.Range(0, 700).Select(i => At((699 - i) / 20.0, uptimeMinutes: 600))]), IdleReason.MetricsUnavailable),
        ["an answer that is not about now"] = (() => Decide(Each(35, 0, age => At(age, 0, isPartial: true))), IdleReason.MetricsUnavailable),

        ["provisioning"] = (() => Decide(Zeros(), Running(status: "provisioning")), IdleReason.NotRunning),
        ["stopped"] = (() => Decide(Zeros(), Running(status: "stopped")), IdleReason.NotRunning),
        ["stopped after work"] = (() => Decide(With(7, At(7, 99)), Running(status: "stopped")), IdleReason.NotRunning),
        ["an unknown status"] = (() => Decide(Zeros(), Running(status: "hibernating")), IdleReason.NotRunning),
        ["no status"] = (() => Decide(Zeros(), Running(status: null)), IdleReason.NotRunning),
        ["running in capitals"] = (() => Decide(Zeros(), Running(status: "RUNNING")), IdleReason.AllBelowThreshold),

        ["started inside the window"] = (() => Decide(Zeros(20), Running(21)), IdleReason.StartedRecently),
        ["started at the window's start"] = (() => Decide(Zeros(30), Running(30)), IdleReason.StartedRecently),
        ["started just before the window"] = (() => Decide(Zeros(30), Running(30.1)), IdleReason.AllBelowThreshold),
        ["start unknown"] = (() => Decide(Zeros(), Running(null)), IdleReason.StartedRecently),
        ["started in the future"] = (() => Decide(Zeros(), Running(-5)), IdleReason.StartedRecently),
        ["samples from before a restart"] = (() => Decide(Zeros(), Running(10)), IdleReason.Restarted),
        ["uptime grows"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 - age))), IdleReason.AllBelowThreshold),
        ["uptime goes backwards"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: age > 10 ? 6000 - age : 4000 - age))), IdleReason.Restarted),
        ["uptime falls by a second"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: 600 + age / 60.0))), IdleReason.Restarted),
        ["uptime falls across the start"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: age > 30 ? 6000 : 500 - age))), IdleReason.Restarted),
        ["uptime fell before the reading the start leans on"] = (() => Decide(Each(35, 0, age => At(age, uptimeMinutes: age > 32 ? 6000 : 500 - age))), IdleReason.AllBelowThreshold),
        ["uptime shorter than the window, never seen to shrink"] = (() => Decide(With(0, At(0, uptimeMinutes: 12))), IdleReason.Restarted),
        ["uptimes crossed by two readers at once"] = (() => Decide([.. Zeros(35, 8), At(7, uptimeMinutes: 500), At(6.99, uptimeMinutes: 499.99), .. Zeros(6)]), IdleReason.AllBelowThreshold),
        ["uptime without end"] = (() => Decide([.. Zeros(35, 1), At(0) with { Uptime = TimeSpan.MaxValue }]), IdleReason.AllBelowThreshold),
        ["uptime negative"] = (() => Decide(With(3, At(3, uptimeMinutes: -1))), IdleReason.AllBelowThreshold),

        ["a GPU count that changes"] = (() => Decide(Each(35, 0, age => At(age, gpus: age > 10 ? 8 : 4))), IdleReason.GpuCountChanged),
        ["a GPU count that changed before the window"] = (() => Decide(Each(35, 0, age => At(age, gpus: age > 32 ? 8 : 4))), IdleReason.AllBelowThreshold),
        ["a GPU count that is not always told"] = (() => Decide(Each(35, 0, age => At(age, gpus: age % 2 == 0 ? 8 : 0))), IdleReason.AllBelowThreshold),

        ["samples out of order"] = (() => Decide([.. Zeros(35, 10), At(12), .. Zeros(9)]), IdleReason.ClockWentBack),
        ["a sample in the future"] = (() => Decide([.. Zeros(), At(-1)]), IdleReason.ClockWentBack),
        ["a busy sample in the future"] = (() => Decide([.. Zeros(), At(-1, 99)]), IdleReason.ClockWentBack),
        ["a sample 25 hours ahead"] = (() => Decide([.. Zeros(), At(-25 * 60)]), IdleReason.ClockWentBack),
        ["a sample years ahead, of silence"] = (() => Decide([.. Zeros(), At(-3e6, null)]), IdleReason.ClockWentBack),
        ["all samples in the future"] = (() => Decide(Each(-1, -30, age => At(age))), IdleReason.ClockWentBack),
    };

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (string name in s_table.Keys)
            cases.Add(name);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decide_Case_GivesReason(string name)
    {
        var (decide, expected) = s_table[name];
        var verdict = decide();
        Assert.Equal(expected, verdict.Reason);
        Assert.Equal(expected switch { IdleReason.AllBelowThreshold => Verdict.Idle, IdleReason.GpuBusy => Verdict.Active, _ => Verdict.Unknown }, verdict.Verdict);
    }

    [Fact]
    public void Decide_EveryReason_HasACase() =>
        Assert.Empty(Enumerable.Range(0, (int)IdleReason.AllBelowThreshold + 1).Select(reason => (IdleReason)reason)
            // The reasons of a probe, which is asked after the decision.
            .Except([IdleReason.ProbeBusy, IdleReason.SomebodyLoggedIn, IdleReason.ProbeFailed])
            .Except(s_table.Values.Select(row => row.Expected)));

    /// <summary>The order of the enumeration is the documented precedence of the reasons.</summary>
    [Fact]
    public void Reason_WhenSeveralHold_IsTheFirstOfTheEnumeration()
    {
        // All reasons apply at first; then one after the other is removed, in their order.
        var everything = new List<Reading> { At(36, 0, 90, 8, uptimeMinutes: 900), At(20, 90, 90, 4, uptimeMinutes: 5), At(10, null), At(-1) };
        Assert.Equal(IdleReason.NotRunning, Decide(everything, Running(-5, "stopped")).Reason);
        Assert.Equal(IdleReason.GpuBusy, Decide(everything, Running(-5)).Reason);
        everything[1] = everything[1] with { PeakGpu = 0 };
        Assert.Equal(IdleReason.ClockWentBack, Decide(everything, Running(-5)).Reason);
        everything.RemoveAt(3);
        Assert.Equal(IdleReason.MetricsUnavailable, Decide(everything, Running(-5)).Reason);
        everything.RemoveAt(2);
        Assert.Equal(IdleReason.Restarted, Decide(everything, Running(-5)).Reason);
        everything = everything.Select(reading => reading with { Uptime = null }).ToList();
        Assert.Equal(IdleReason.StartedRecently, Decide(everything, Running(-5)).Reason);
        Assert.Equal(IdleReason.GpuCountChanged, Decide(everything).Reason);
        everything = everything.Select(reading => reading with { GpuCount = 0 }).ToList();
        Assert.Equal(IdleReason.SampleStale, Decide(everything).Reason);
        everything.Add(At(0, 0, 90));
        Assert.Equal(IdleReason.WindowNotCovered, Decide(everything).Reason);
        Assert.Equal(IdleReason.WarmingUp, Decide(everything.Skip(1).ToList()).Reason);
        everything[0] = At(31);
        Assert.Equal(IdleReason.GapTooLong, Decide(everything).Reason);
        var sparse = Each(35, 0, age => At(age, 0, 90), 5);
        sparse[0] = At(35);
        sparse[1] = At(30);
        Assert.Equal(IdleReason.MemoryHeld, Decide(sparse).Reason);
        sparse = sparse.Select(reading => reading with { PeakMemory = 10 }).ToList();
        sparse[2] = sparse[2] with { PeakGpu = 0.5 };
        Assert.Equal(IdleReason.TooFewSamples, Decide(sparse).Reason);
        Assert.Equal(IdleReason.UnitUnclear, Decide(With(7, At(7, 0.5))).Reason);
    }

    [Fact]
    public void Decide_Idle_ReportsItsEvidence()
    {
        var verdict = Decide(Each(35, 1, age => At(age, 3.5, 20)));
        Assert.Equal(Verdict.Idle, verdict.Verdict);
        Assert.Equal(("inst_1", "running", "h100_80gb", 2.5m), (verdict.Id, verdict.Status, verdict.Gpu, verdict.CostPerHour!.Value));
        Assert.Equal(30, verdict.SampleCount);
        Assert.Equal(1, verdict.Coverage);
        Assert.Equal(TimeSpan.FromMinutes(1), verdict.LargestGap);
        Assert.Equal(TimeSpan.FromMinutes(1), verdict.LastSampleAge);
        Assert.Equal(3.5, verdict.PeakGpu);
        Assert.Equal(20, verdict.PeakMemory);
        Assert.Equal(1 - Math.Pow(0.01, 1 / 30.0), verdict.DetectableDuty, 12);
        Assert.Equal("inst_1", verdict.ToString());
    }

    [Fact]
    public void Decide_HalfAWindow_CoversHalf()
    {
        var verdict = Decide(Zeros(15));
        Assert.Equal(0.5, verdict.Coverage, 12);
        Assert.Equal(TimeSpan.FromMinutes(15), verdict.LargestGap);
        Assert.Equal(16, verdict.SampleCount);
    }

    [Fact]
    public void Decide_WarmingUp_ReportsTheFirstReading()
    {
        Assert.Equal(Now.AddMinutes(-20), Decide(Zeros(20)).ReadSince);
        // A gap that is too long starts the warm-up again.
        Assert.Equal(Now.AddMinutes(-8), Decide([At(20), At(19), .. Zeros(8)]).ReadSince);
        Assert.Null(Decide(Zeros()).ReadSince);
    }

    [Fact]
    public void DetectableDuty_CountsSlots_NotReadings()
    {
        var verdict = Decide([At(31), .. Enumerable.Range(0, 20).SelectMany(i => new[] { At(29.9 - i * 1.5), At(29.8 - i * 1.5), At(29.7 - i * 1.5) })]);
        Assert.Equal(60, verdict.SampleCount);
        Assert.Equal(IdleRule.DetectableDuty(20), verdict.DetectableDuty);
    }

    [Fact]
    public void Decide_OneReading_CoversOneGap()
    {
        var verdict = Decide([At(20)]);
        Assert.Equal(5 / 30.0, verdict.Coverage, 12);
        Assert.Equal(TimeSpan.FromMinutes(20), verdict.LastSampleAge);
    }

    [Fact]
    public void Decide_NoReading_HasNoNumbers()
    {
        var verdict = Decide([]);
        Assert.Equal((0, 0.0, 1.0), (verdict.SampleCount, verdict.Coverage, verdict.DetectableDuty));
        Assert.Null(verdict.LargestGap);
        Assert.Null(verdict.LastSampleAge);
        Assert.Null(verdict.PeakGpu);
        Assert.Null(verdict.PeakMemory);
    }

    [Fact]
    public void DetectableDuty_TwentyReadings_IsAFifth() => Assert.Equal(0.206, IdleRule.DetectableDuty(20), 3);

    [Fact]
    public void Decide_OtherTimeZones_IsTheSame()
    {
        var abroad = Zeros().Select((reading, index) => reading with { At = reading.At.ToOffset(TimeSpan.FromHours(index % 20 - 10)) }).ToList();
        Assert.Equal(Verdict.Idle, Decide(abroad).Verdict);
    }
}
