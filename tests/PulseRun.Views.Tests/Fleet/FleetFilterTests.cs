using System;
using System.Linq;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using PulseRun.Views.Tests.Support;
using Xunit;

namespace PulseRun.Views.Tests.Fleet;

public class FleetFilterTests
{
    private static readonly FleetFrame s_frame = Frames.Of(
        new Instance { Id = "inst_a", Status = "running", Gpu = "h100_80gb", Provider = "runpod", Region = "eu-west", Template = "pytorch", StartedAt = Frames.Now.AddDays(-1) },
        new Instance { Id = "inst_b", Status = "stopped", Gpu = "rtx_4090", Provider = "vast_ai", Region = "us-east", Template = "vllm" },
        new Instance { Id = "inst_c", Status = "provisioning" });

    [Theory]
    [InlineData("", "a b c")]
    [InlineData("  ", "a b c")]
    [InlineData("inst", "a b c")]
    [InlineData("H100", "a")]
    [InlineData("4090", "b")]
    [InlineData("vast", "b")]
    [InlineData("eu-", "a")]
    [InlineData("vllm", "b")]
    [InlineData("stopped", "b")]
    [InlineData("active", "a")]
    [InlineData("GpuBusy", "a")]
    [InlineData("NotRunning", "")] // not shown for instances that are not running
    [InlineData("runpod h100", "a")]
    [InlineData("runpod 4090", "")]
    [InlineData("[", "")]
    [InlineData("*", "")]
    public void Select_Text_KeepsRowsWithEveryWord(string text, string expected) =>
        Assert.Equal(expected, string.Join(" ", FleetFilter.Select(s_frame.Rows, text).Select(static row => row.Id.Substring(5))));
}
