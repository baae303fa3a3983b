using System;
using PulseRun.Core.Idle;
using PulseRun.Core.Probe;
using Xunit;

namespace PulseRun.Core.Tests.Probe;

public class ProbeTests
{
    private static string Text(string gpus = "0, 0, 10, 81559\n1, 3, 20, 81559", string processes = "", string logins = "", string load = "0.10 0.2 0.3 1/200 4711", string cpus = "16") =>
        $"@@pulserun-probe 1\n@@gpus\n{gpus}\n@@processes\n{processes}\n@@logins\n{logins}\n@@load\n{load}\n@@cpus\n{cpus}\n@@end\n";

    private static ProbeResult Ask(string text, IdleRule? rule = null) => ProbeResult.Of(ProbeOutput.Parse(text), rule ?? new IdleRule());

    [Fact]
    public void Parse_ReadsAllParts()
    {
        ProbeOutput output = ProbeOutput.Parse("Welcome!\r\n@@nonsense\n" + Text("0, 97, 40779, 81559", "4242\n4243", "root pts/0 2026-03-01 12:00 (10.0.0.1)").Replace("\n", "\r\n"))!;
        GpuMetrics gpu = Assert.Single(output.Gpus);
        Assert.Equal((0, 97.0), (gpu.Index, gpu.Utilization));
        Assert.InRange(gpu.MemoryUsage!.Value, 49.9, 50.1);
        Assert.Equal((2, 1, 0.1, 16), (output.Processes, output.Logins, output.LoadAverage, output.Cpus));
        InstanceMetrics metrics = output.ToMetrics("inst_1", DateTimeOffset.UnixEpoch);
        Assert.Equal(("inst_1", 97.0, MetricsSource.Ssh, null), (metrics.Id, metrics.GpuUtilization, metrics.Source, metrics.Uptime));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nvidia-smi: command not found")]
    [InlineData("@@pulserun-probe 1\n@@gpus\n0, 0, 10, 81559\n")]
    [InlineData("@@gpus\n0, 0, 10, 81559\n@@end")]
    [InlineData("@@pulserun-probe 1\n@@end")]
    [InlineData("@@pulserun-probe 1\n@@gpus\nNo devices were found\n@@end")]
    [InlineData("@@pulserun-probe 1\n@@gpus\n0, 0, 10, 81559\n@@failed\n@@end")]
    [InlineData("@@pulserun-probe 1\n@@gpus\n@@end")]
    [InlineData("@@pulserun-probe 1\n@@gpus\n0, 0\n@@end")]
    public void Parse_WithoutTheLoadOfTheGpus_IsNull_AndTheAnswerUnknown(string text)
    {
        Assert.Null(ProbeOutput.Parse(text));
        Assert.Equal((Verdict.Unknown, IdleReason.ProbeFailed), (Ask(text).Answer, Ask(text).Reason));
    }

    public static TheoryData<string, Verdict, IdleReason> Answers() => new()
    {
        { Text(), Verdict.Idle, IdleReason.AllBelowThreshold },
        { Text(processes: "4242"), Verdict.Idle, IdleReason.AllBelowThreshold },
        { Text(gpus: "0, 0, 10, 81559\n1, 5, 20, 81559"), Verdict.Active, IdleReason.ProbeBusy },
        { Text(load: "8.0 0 0 1/2 3"), Verdict.Active, IdleReason.ProbeBusy },
        { Text(load: "7.9 0 0 1/2 3"), Verdict.Idle, IdleReason.AllBelowThreshold },
        { Text(logins: "root pts/0"), Verdict.Active, IdleReason.SomebodyLoggedIn },
        // Work counts before a login, and both before what is not known.
        { Text(gpus: "0, 99, 10, 81559\n1, [N/A], 20, 81559", logins: "root pts/0"), Verdict.Active, IdleReason.ProbeBusy },
        { Text(gpus: "0, [N/A], 10, 81559", logins: "root pts/0"), Verdict.Active, IdleReason.SomebodyLoggedIn },
        { Text(gpus: "0, 0, 10, 81559\n1, [Not Supported], 20, 81559"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(gpus: "0, -1, 10, 81559"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(logins: "@@failed"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(load: "@@failed"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(cpus: "0"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(cpus: "many"), Verdict.Unknown, IdleReason.ProbeFailed },
        { Text(gpus: "0, 0, 60000, 81559"), Verdict.Unknown, IdleReason.MemoryHeld },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Of_IsIdleOnlyWhenEverythingIsKnownAndQuiet(string text, Verdict answer, IdleReason reason) =>
        Assert.Equal((answer, reason), (Ask(text).Answer, Ask(text).Reason));

    [Fact]
    public void Of_WithIgnoreMemory_LeavesMemoryOut() =>
        Assert.Equal(Verdict.Idle, Ask(Text(gpus: "0, 0, 60000, 81559"), new IdleRule { IgnoreMemory = true }).Answer);

    [Theory]
    [InlineData("Idle", Verdict.Idle)]
    [InlineData(" idle ", Verdict.Idle)]
    [InlineData("ACTIVE", Verdict.Active)]
    [InlineData("Unknown", Verdict.Unknown)]
    [InlineData("", Verdict.Unknown)]
    [InlineData(null, Verdict.Unknown)]
    [InlineData("True", Verdict.Unknown)]
    [InlineData("2", Verdict.Unknown)]
    public void OfText_TakesThreeWords(string? text, Verdict answer) => Assert.Equal(answer, ProbeResult.OfText(text).Answer);

    [Theory]
    [InlineData(Verdict.Idle)]
    [InlineData(Verdict.Active)]
    [InlineData(Verdict.Unknown)]
    public void Apply_NeverMakesAVerdictMoreCertain(Verdict before)
    {
        var verdict = new IdleVerdict(new Instance { Id = "a" }) { Verdict = before, Reason = IdleReason.NoSamples, SampleCount = 7 };
        foreach (string text in new[] { "Idle", "Active", "Unknown", "x" })
        {
            IdleVerdict after = ProbeResult.OfText(text).Apply(verdict);
            Assert.True(after.Verdict != Verdict.Idle || before == Verdict.Idle);
            Assert.True(before == Verdict.Idle || after == verdict);
            Assert.Equal(7, after.SampleCount);
        }
        // The verdict itself is not changed.
        Assert.Equal(before, verdict.Verdict);
    }

    [Fact]
    public void Command_CanBeQuotedForEveryLoginShell() => Assert.Equal(2, ProbeOutput.Command.Split('\'').Length - 1);
}
