using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class LaunchRulesTests
{
    [Fact]
    public void Check_Plain_IsValid()
    {
        Assert.Null(LaunchRules.Check(new() { Gpu = "h100_80gb", Template = "pytorch" }));
        Assert.Null(LaunchRules.Check(new() { Gpu = "h100_80gb", Template = "Custom", DockerImage = "me/image:1", DiskSizeGb = 1, BudgetLimit = 0 }));
    }

    [Fact]
    public void Check_Invalid_NamesTheField()
    {
        var refused = new List<(string Field, LaunchRequest Request)>
        {
            ("Gpu", new() { Template = "pytorch" }),
            ("Gpu", new() { Gpu = " ", Template = "pytorch" }),
            ("Template", new() { Gpu = "h100_80gb" }),
            ("Template", new() { Gpu = "h100_80gb", Template = "\t" }),
            ("DockerImage", new() { Gpu = "h100_80gb", Template = "pytorch", DockerImage = "me/image" }),
            ("DockerImage", new() { Gpu = "h100_80gb", Template = "custom", DockerImage = " " }),
            ("DockerImage", new() { Gpu = "h100_80gb", Template = "custom" }),
            ("DockerImage", new() { Gpu = "h100_80gb", Template = "CUSTOM" }),
            ("DiskSizeGb", new() { Gpu = "h100_80gb", Template = "pytorch", DiskSizeGb = 0 }),
            ("DiskSizeGb", new() { Gpu = "h100_80gb", Template = "pytorch", DiskSizeGb = -50 }),
            ("BudgetLimit", new() { Gpu = "h100_80gb", Template = "pytorch", BudgetLimit = -0.01m }),
        };
        foreach (var (field, request) in refused)
        {
            var error = LaunchRules.Check(request);
            Assert.NotNull(error);
            Assert.Equal((ErrorIds.InvalidRequest, field), (error.ErrorId, error.Field));
            Assert.StartsWith("Nothing was launched: " + field, error.Message, StringComparison.Ordinal);
        }
    }
}
