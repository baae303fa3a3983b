using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Answers;

/// <summary>Answers to what changes something: what is missing is found out, and nothing is done twice.</summary>
public class ActAnswerTests : CmdletTests
{
    private const string StopFirst = "Stop-PRInstance -Id $ids[0] -Confirm:$false";
    private const string StartFourth = "Start-PRInstance -Id $ids[3]";
    private const string RemoveFirst = "Get-PRInstance -Id $ids[0] | Remove-PRInstance -Force";

    public ActAnswerTests() => StartEmulator(connect: "-TimeoutSec 3");

    public static IEnumerable<object?[]> Incomplete =>
        from answer in new (EmulatorFaultKind Kind, int? Status)[] { (EmulatorFaultKind.EmptyAnswer, 200), (EmulatorFaultKind.EmptyAnswer, 202), (EmulatorFaultKind.EmptyAnswer, 204), (EmulatorFaultKind.PartialAnswer, null) }
        from act in new[] { (StopFirst, 0, "stopped"), (StartFourth, 3, "running"), (RemoveFirst, 0, "terminated") }
        select new object?[] { answer.Kind, answer.Status, act.Item1, act.Item2, act.Item3 };

    public static IEnumerable<object?[]> Lost =>
        from kind in new[] { EmulatorFaultKind.HalfAnswer, EmulatorFaultKind.ServerErrorAfterEffect, EmulatorFaultKind.NotJson }
        from act in new[] { (StopFirst, "stopped"), ("Remove-PRInstance -Id $ids[0] -Force", "terminated") }
        select new object?[] { kind, act.Item1, act.Item2 };

    [Theory]
    [MemberData(nameof(Incomplete))]
    public void An_answer_that_is_not_whole_is_completed(EmulatorFaultKind kind, int? status, string script, int index, string state)
    {
        Fail(new() { Kind = kind, Status = status });
        Instance done = Get<Instance>(script);
        Assert.Equal((Ids[index], state, Emulator.Instances[index].Gpu), (done.Id, done.Status, done.Gpu));
    }

    [Theory]
    [InlineData(EmulatorFaultKind.PartialAnswer)]
    [InlineData(EmulatorFaultKind.MissingFields)]
    public void The_answer_to_a_launch_is_completed(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind, Method = "POST" });
        Instance launched = Get<Instance>("New-PRInstance rtx_4090 pytorch -Confirm:$false");
        Assert.NotEmpty(launched.Gpu!);
        Assert.NotEmpty(launched.Provider!);
        Assert.Equal(1, CountSent("POST *"));
    }

    [Fact]
    public void What_an_empty_answer_launched_is_found_out_and_a_warning_says_how()
    {
        Fail(new() { Kind = EmulatorFaultKind.EmptyAnswer, Method = "POST" });
        Outcome done = Do("New-PRInstance rtx_4090 pytorch -SettleSec 1");
        Assert.Equal(Emulator.Instances[^1].Id, Assert.Single(done.As<Instance>()).Id);
        Assert.Single(done.Warnings);
        Assert.Equal(1, CountSent("POST *"));
        Assert.Equal(7, Emulator.Instances.Count);
    }

    [Theory]
    [MemberData(nameof(Lost))]
    public void An_answer_that_was_lost_after_the_effect_is_looked_for(EmulatorFaultKind kind, string script, string state)
    {
        Fail(new() { Kind = kind, Times = 1, Path = $"*{Ids[0]}*" });
        Assert.Equal(state, Get<Instance>(script).Status);
        Assert.Equal(state, Emulator.Instances[0].Status);
    }

    [Theory]
    [InlineData("Seconds")]
    [InlineData("Date")]
    [InlineData("Absent")]
    [InlineData("Past")]
    [InlineData("Broken")]
    public void A_429_is_waited_out_whatever_its_Retry_After_is(string form)
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Times = 1, Form = form, Path = "*/stop" });
        Assert.Equal("stopped", Get<Instance>(StopFirst).Status);
        Assert.Equal(2, CountSent("*/stop"));
    }

    [Fact]
    public void A_429_whose_Retry_After_is_beyond_all_patience_is_an_error_at_once()
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Times = 1, Form = "Absurd", Path = "*/stop" });
        Assert.Equal(["RateLimited"], Run(StopFirst).ErrorIds);
        Assert.Equal(1, CountSent("*/stop"));
        Assert.Equal("running", Emulator.Instances[0].Status);
    }

    [Fact]
    public void A_start_without_capacity_is_told_from_another_conflict()
    {
        Fail(new() { Kind = EmulatorFaultKind.NoCapacity, Status = 503 });
        Assert.Equal(["CapacityUnavailable"], Run(StartFourth).ErrorIds);
    }

    [Fact]
    public void Every_kind_of_fault_is_met_by_some_test() => Assert.All(Enum.GetNames<EmulatorFaultKind>(), kind => Assert.True(
        TestSources.CSharpLines.Any(line => Regex.IsMatch(line, $@"EmulatorFaultKind\.{kind}\b"))
            || TestSources.PesterLines.Any(line => Regex.IsMatch(line, $@"Add-Fault .*\b{kind}\b|(Kind|Fault) = '{kind}'")),
        kind));
}
