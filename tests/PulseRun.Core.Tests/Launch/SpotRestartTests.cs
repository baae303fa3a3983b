using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class SpotRestartTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static Instance Row(string id, string status = "running", int createdAfter = 0, bool spot = true, string gpu = "l40s") =>
        new() { Id = id, Status = status, Gpu = gpu, Template = "pytorch", Spot = spot, CreatedAt = s_now.AddSeconds(createdAfter) };

    private static SpotLook Lost => new() { Listed = null, IsSpot = true, MissingFor = TimeSpan.FromMinutes(1) };

    [Theory]
    [InlineData("running", SpotStepKind.Alive)]
    [InlineData("provisioning", SpotStepKind.Alive)]
    [InlineData("stopped", SpotStepKind.Alive)]
    [InlineData("hibernating", SpotStepKind.Alive)]
    [InlineData("terminated", SpotStepKind.Restart)]
    [InlineData("failed", SpotStepKind.Restart)]
    public void AListedInstance_IsLostOnlyWhenItHasEnded(string status, object expected) =>
        Assert.Equal((SpotStepKind)expected, SpotRestart.Decide(Lost with { Listed = Row("a", status), MissingFor = TimeSpan.Zero }).Kind);

    [Fact]
    public void AMissingInstance_IsLostAfterAWhileOfCompleteLists()
    {
        Assert.Equal(SpotStepKind.Wait, SpotRestart.Decide(Lost with { IsComplete = false }).Kind);
        Assert.Equal(SpotStepKind.Wait, SpotRestart.Decide(Lost with { MissingFor = SpotRestart.Missing - TimeSpan.FromSeconds(1) }).Kind);
        Assert.Equal(SpotStepKind.Restart, SpotRestart.Decide(Lost).Kind);
    }

    [Fact]
    public void OnlySpot_AndOnlySoManyTimes_IsStartedAgain()
    {
        Assert.Equal(SpotStepKind.GiveUp, SpotRestart.Decide(Lost with { IsSpot = false }).Kind);
        Assert.Equal(
            [SpotStepKind.Restart, SpotStepKind.Restart, SpotStepKind.Restart, SpotStepKind.GiveUp],
            Enumerable.Range(0, 4).Select(restarts => SpotRestart.Decide(Lost with { Restarts = restarts }).Kind));
        Assert.Equal(SpotStepKind.GiveUp, SpotRestart.Decide(Lost with { Most = 0 }).Kind);
    }

    [Fact]
    public void WithSpotRecovery_ItIsLeftToTheServerFor5Minutes()
    {
        var look = Lost with { IsRecoveredByServer = true };
        Assert.Equal(SpotStepKind.Wait, SpotRestart.Decide(look with { MissingFor = TimeSpan.FromSeconds(299) }).Kind);
        Assert.Equal(SpotStepKind.Restart, SpotRestart.Decide(look with { MissingFor = TimeSpan.FromMinutes(5) }).Kind);
        var replaced = SpotRestart.Decide(look with { Replacements = [Row("b")] });
        Assert.Equal((SpotStepKind.Replaced, "b"), (replaced.Kind, replaced.Replacement!.Id));
        Assert.Equal(SpotStepKind.GiveUp, SpotRestart.Decide(look with { Replacements = [Row("b"), Row("c")] }).Kind);
    }

    [Fact]
    public void AReplacement_IsEqual_Newer_AndOfNoLaunch()
    {
        Instance[] fleet = [Row("lost"), Row("old", createdAfter: -5), Row("new", createdAfter: 5), Row("claimed", createdAfter: 5), Row("other", createdAfter: 5, gpu: "h100_80gb"), Row("demand", createdAfter: 5, spot: false), Row("gone", "terminated", 5)];
        Assert.Equal(["new"], SpotRestart.ReplacementsOf(fleet[0], s_now, fleet, new HashSet<string> { "claimed" }).Select(static one => one.Id));
    }
}
