using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Cleanup;
using Xunit;

namespace PulseRun.Tests.Cleanup;

public class CleanupPlannerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static Instance Machine(string id, string? status = "running", decimal? cost = 1, string? gpu = null, DateTimeOffset? started = null) =>
        new() { Id = id, Status = status, CostPerHour = cost, Gpu = gpu, StartedAt = started };

    private static CleanupCandidate Running(string id, IdleReason reason, decimal? cost = 1, bool asked = true)
    {
        var instance = Machine(id, cost: cost);
        var verdict = reason switch { IdleReason.AllBelowThreshold => Verdict.Idle, IdleReason.GpuBusy => Verdict.Active, _ => Verdict.Unknown };
        return new CleanupCandidate(instance) { Verdict = new IdleVerdict(instance) { Verdict = verdict, Reason = reason }, WasAsked = asked };
    }

    private static CleanupCandidate Idle(string id, decimal? cost = 1) => Running(id, IdleReason.AllBelowThreshold, cost);

    private static CleanupCandidate Stopped(string id, double? days) =>
        new(Machine(id, "stopped")) { StoppedSince = days is { } count ? s_now.AddDays(-count) : null };

    private static string Tell(CleanupPlan plan) =>
        string.Join(" ", plan.Decisions.Select(decision => decision.Candidate.Instance.Id + ":" + decision.Step + ":" + decision.Reason));

    private static string Plan(CleanupRule rule, params CleanupCandidate[] candidates) => Tell(CleanupPlanner.Plan(candidates, rule, s_now));

    [Fact]
    public void Plan_OnlyIdle_IsStopped()
    {
        Assert.Equal("a:Stop:Idle", Plan(new(), Idle("a")));
        Assert.Equal("a:Skip:Active", Plan(new(), Running("a", IdleReason.GpuBusy)));
        for (var reason = IdleReason.NotRunning; reason < IdleReason.AllBelowThreshold; reason++)
        {
            if (reason != IdleReason.GpuBusy)
                Assert.Equal("a:Skip:Unknown", Plan(new() { MaxUnknownPercent = 100 }, Running("a", reason)));
        }
        Assert.Equal("a:Skip:Unknown", Plan(new(), new CleanupCandidate(Machine("a"))));
    }

    [Theory]
    [InlineData("provisioning")]
    [InlineData("starting")]
    [InlineData("stopping")]
    [InlineData("terminating")]
    [InlineData("failed")]
    [InlineData("error")]
    [InlineData("hibernating")]
    [InlineData(null)]
    public void Plan_NeitherRunningNorStopped_IsLeftAlone(string? status)
    {
        // Whatever else is claimed of it.
        var candidate = Idle("a") with { Instance = Machine("a", status), StoppedSince = s_now.AddDays(-90) };
        Assert.Equal("a:Skip:NotRunning", Plan(new() { RemoveStoppedAfter = TimeSpan.FromDays(7) }, candidate));
    }

    [Fact]
    public void Plan_Terminated_IsNotConsidered() =>
        Assert.Empty(CleanupPlanner.Plan([new CleanupCandidate(Machine("a", "terminated"))], new(), s_now).Decisions);

    [Fact]
    public void Plan_Stopped_IsRemovedOnlyWhenAskedAndSeen()
    {
        var week = new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(7) };
        Assert.Equal("a:Skip:RemovalNotAsked", Plan(new(), Stopped("a", 90)));
        Assert.Equal("a:Skip:StoppedSinceUnknown", Plan(week, Stopped("a", null)));
        Assert.Equal("a:Skip:StoppedRecently", Plan(week, Stopped("a", 6.99)));
        Assert.Equal("a:Skip:StoppedRecently", Plan(week, Stopped("a", -30)));
        Assert.Equal("a:Remove:StoppedLong", Plan(week, Stopped("a", 7)));
    }

    [Fact]
    public void Plan_ProtectedAndExcluded_AreNeverTouched()
    {
        var rule = new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(1), Excludes = instance => instance.Id.StartsWith("keep", StringComparison.Ordinal) };
        Assert.Equal(
            "a:Skip:Protected b:Skip:Protected keep1:Skip:Excluded keep2:Skip:Excluded c:Stop:Idle",
            Plan(rule, Idle("a") with { IsProtected = true }, Stopped("b", 9) with { IsProtected = true }, Idle("keep1"), Stopped("keep2", 9) with { IsProtected = true }, Idle("c")));
    }

    [Fact]
    public void Plan_NotSelected_IsNotConsidered()
    {
        var rule = new CleanupRule { Selects = instance => instance.Id == "a" };
        var plan = CleanupPlanner.Plan([Idle("a"), Running("b", IdleReason.NoSamples), Running("c", IdleReason.NoSamples)], rule, s_now);
        Assert.Equal("a:Stop:Idle", Tell(plan));
        Assert.False(plan.IsOutage);
    }

    [Fact]
    public void Plan_MaxActions_GoesToTheDearestThenToTheLongestStopped()
    {
        var rule = new CleanupRule { MaxActions = 3, RemoveStoppedAfter = TimeSpan.FromDays(1) };
        Assert.Equal(
            "a:Skip:MaxActions b:Remove:StoppedLong c:Stop:Idle d:Skip:Active e:Stop:Idle f:Skip:MaxActions",
            Plan(rule, Stopped("a", 5), Stopped("b", 50), Idle("c", null), Running("d", IdleReason.GpuBusy, 99), Idle("e", 2), Stopped("f", 2)));
        Assert.Equal("a:Skip:MaxActions b:Stop:Idle c:Skip:MaxActions", Plan(rule with { MaxActions = 1 }, Idle("a", 1), Idle("b", 3), Idle("c", 2)));
        Assert.Equal("a:Skip:MaxActions", Plan(rule with { MaxActions = 0 }, Idle("a")));
        Assert.Equal("a:Stop:Idle b:Skip:MaxActions", Plan(rule with { MaxActions = 1 }, Idle("a"), Idle("b")));
    }

    [Fact]
    public void Plan_SameInstanceTwice_IsActedOnOnce() => Assert.Equal("a:Stop:Idle", Plan(new(), Idle("a"), Idle("a")));

    [Theory]
    [InlineData(4, 6, 50, true)]
    [InlineData(5, 5, 50, false)]
    [InlineData(6, 4, 50, false)]
    [InlineData(9, 1, 0, true)]
    [InlineData(10, 0, 0, false)]
    [InlineData(1, 99, 100, false)]
    public void Plan_TooMuchUnread_ActsOnNothing(int idle, int silent, double percent, bool expected)
    {
        var candidates = Enumerable.Range(0, idle).Select(i => Idle("i" + i)).Concat(Enumerable.Range(0, silent).Select(i => Running("s" + i, IdleReason.MetricsUnavailable)))
            .Append(Stopped("old", 90)).ToList();
        var plan = CleanupPlanner.Plan(candidates, new() { MaxUnknownPercent = percent, MaxActions = 1000, RemoveStoppedAfter = TimeSpan.FromDays(7) }, s_now);
        Assert.Equal(expected, plan.IsOutage);
        Assert.Equal((idle + silent, silent), (plan.Asked, plan.Unread));
        if (expected)
        {
            Assert.All(plan.Decisions, decision => Assert.Equal(CleanupStep.Skip, decision.Step));
            Assert.All(plan.Decisions, decision => Assert.Contains(decision.Reason, new[] { CleanupReason.MetricsOutage, CleanupReason.Unknown }));
            Assert.Equal(ErrorIds.MetricsOutage, plan.Outage!.ErrorId);
        }
        else
        {
            Assert.Equal(idle + 1, plan.Decisions.Count(decision => decision.Step != CleanupStep.Skip));
            Assert.Null(plan.Outage);
        }
    }

    /// <summary>Only missing readings are an outage. What readings that came say is not, and neither is what was never asked.</summary>
    [Theory]
    [InlineData(IdleReason.MetricsUnavailable, true)]
    [InlineData(IdleReason.NoSamples, true)]
    [InlineData(IdleReason.TooFewSamples, true)]
    [InlineData(IdleReason.WindowNotCovered, true)]
    [InlineData(IdleReason.GapTooLong, true)]
    [InlineData(IdleReason.SampleStale, true)]
    [InlineData(IdleReason.ClockWentBack, true)]
    [InlineData(IdleReason.MemoryHeld, false)]
    [InlineData(IdleReason.StartedRecently, false)]
    [InlineData(IdleReason.Restarted, false)]
    [InlineData(IdleReason.GpuCountChanged, false)]
    [InlineData(IdleReason.NotRunning, false)]
    [InlineData(IdleReason.GpuBusy, false)]
    [InlineData(IdleReason.AllBelowThreshold, false)]
    public void Plan_MostOfTheFleet_IsAnOutageOnlyWithoutReadings(IdleReason reason, bool expected)
    {
        Assert.Equal(expected, CleanupPlanner.Plan([Idle("a"), Running("b", reason), Running("c", reason)], new(), s_now).IsOutage);
        Assert.False(CleanupPlanner.Plan([Idle("a"), Running("b", reason, asked: false), Running("c", reason, asked: false)], new(), s_now).IsOutage);
    }

    [Fact]
    public void Plan_StoppedFleet_IsNoOutage() =>
        Assert.Equal("a:Stop:Idle b:Skip:RemovalNotAsked c:Skip:RemovalNotAsked", Plan(new(), Idle("a"), Stopped("b", 1), Stopped("c", 1)));

    [Fact]
    public void ObjectionToStop_AnythingButIdle_Objects()
    {
        Assert.Null(CleanupPlanner.ObjectionToStop(Idle("a").Verdict!));
        Assert.Equal(CleanupReason.NoLongerIdle, CleanupPlanner.ObjectionToStop(Running("a", IdleReason.GpuBusy).Verdict!));
        Assert.Equal(CleanupReason.NoLongerIdle, CleanupPlanner.ObjectionToStop(Running("a", IdleReason.MetricsUnavailable).Verdict!));
    }

    [Fact]
    public void ObjectionToRemove_AnythingButStoppedAsBefore_Objects()
    {
        var planned = Machine("a", "stopped", started: s_now.AddDays(-9));
        Assert.Null(CleanupPlanner.ObjectionToRemove(planned, Machine("a", "Stopped", started: s_now.AddDays(-9))));
        Assert.Equal(CleanupReason.NoLongerStopped, CleanupPlanner.ObjectionToRemove(planned, Machine("a", "running", started: s_now.AddDays(-9))));
        Assert.Equal(CleanupReason.NoLongerStopped, CleanupPlanner.ObjectionToRemove(planned, Machine("a", "stopped", started: s_now.AddDays(-1))));
        Assert.Equal(CleanupReason.AlreadyDone, CleanupPlanner.ObjectionToRemove(planned, Machine("a", "terminated")));
        Assert.Equal(CleanupReason.AlreadyDone, CleanupPlanner.ObjectionToRemove(planned, null));
    }

    [Fact]
    public void Check_Outside_NamesTheField()
    {
        Assert.Null(new CleanupRule().Check());
        Assert.Null(new CleanupRule { MaxActions = 0, MaxUnknownPercent = 0, RemoveStoppedAfter = TimeSpan.FromSeconds(1) }.Check());
        Assert.Equal("MaxActions", new CleanupRule { MaxActions = -1 }.Check()!.Field);
        Assert.Equal("MaxUnknownPercent", new CleanupRule { MaxUnknownPercent = -1 }.Check()!.Field);
        Assert.Equal("MaxUnknownPercent", new CleanupRule { MaxUnknownPercent = 101 }.Check()!.Field);
        Assert.Equal("MaxUnknownPercent", new CleanupRule { MaxUnknownPercent = double.NaN }.Check()!.Field);
        Assert.Equal("RemoveStoppedAfter", new CleanupRule { RemoveStoppedAfter = TimeSpan.Zero }.Check()!.Field);
        Assert.Equal("RemoveStoppedAfter", new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(-7) }.Check()!.Field);
    }

    [Fact]
    public void Decision_Actions_TellWhatIsSaved()
    {
        var stop = CleanupPlanner.Plan([Idle("a", 2.5m)], new(), s_now).Decisions[0];
        var done = stop.Done(s_now, Machine("a", "stopped", 2.5m));
        Assert.Equal((CleanupOutcome.Stopped, CleanupReason.Idle, "stopped", 2.5m), (done.Action, done.Reason, done.Status, done.SavedPerHour!.Value));
        Assert.Equal((Verdict.Idle, IdleReason.AllBelowThreshold), (done.Verdict!.Value, done.VerdictReason!.Value));
        Assert.Equal((CleanupOutcome.WouldStop, 2.5m), (stop.WouldBe(s_now).Action, stop.WouldBe(s_now).SavedPerHour!.Value));
        Assert.Equal((CleanupOutcome.Skipped, CleanupReason.NoLongerIdle), (stop.Skipped(s_now, CleanupReason.NoLongerIdle).Action, stop.Skipped(s_now, CleanupReason.NoLongerIdle).Reason));
        Assert.Equal(0, stop.Skipped(s_now).SavedPerHour);
        Assert.Null(CleanupPlanner.Plan([Idle("a", null)], new(), s_now).Decisions[0].WouldBe(s_now).SavedPerHour);

        var remove = CleanupPlanner.Plan([Stopped("a", 9)], new() { RemoveStoppedAfter = TimeSpan.FromDays(7) }, s_now).Decisions[0];
        Assert.Equal((CleanupOutcome.WouldRemove, 0), (remove.WouldBe(s_now).Action, remove.WouldBe(s_now).SavedPerHour!.Value));
        Assert.Equal(CleanupOutcome.Removed, remove.Done(s_now, Machine("a", "terminated")).Action);

        var refused = stop.Failed(s_now, new PulseRunException(ErrorIds.InvalidRequest, "cannot stop") { StatusCode = 400 });
        Assert.Equal((CleanupOutcome.Failed, CleanupReason.Refused, "cannot stop"), (refused.Action, refused.Reason, refused.Error!));
        Assert.Equal(CleanupReason.RequestFailed, stop.Failed(s_now, new PulseRunException(ErrorIds.ServerError, "no") { StatusCode = 502 }).Reason);
        Assert.Equal(CleanupReason.RequestFailed, stop.Failed(s_now, new PulseRunException(ErrorIds.RequestTimeout, "no")).Reason);
        Assert.Equal("a", done.ToString());
    }

    [Fact]
    public void AuditLine_TellsAllAndIsFitForJson()
    {
        var instance = new Instance { Id = "inst_1", Status = "running\u001b[31m", Gpu = "h100", CostPerHour = 2, Region = "us-east", Provider = "vast_ai" };
        var verdict = new IdleVerdict(instance) { Verdict = Verdict.Active, Reason = IdleReason.GpuBusy, PeakGpu = double.PositiveInfinity, LargestGap = TimeSpan.FromMinutes(1), SampleCount = 30, Coverage = 1 };
        var action = new CleanupAction(instance, verdict) { Action = CleanupOutcome.Failed, Reason = CleanupReason.RequestFailed, Error = new string('x', 900), Time = s_now.ToOffset(TimeSpan.FromHours(2)) };
        var run = Guid.NewGuid();
        var line = CleanupAuditLine.From(action, run);
        Assert.Equal((run, "inst_1", "Failed", "RequestFailed", "Active", "GpuBusy"), (line.Run, line.Id, line.Action, line.Reason, line.Verdict!, line.VerdictReason!));
        Assert.Equal(TimeSpan.Zero, line.Time.Offset);
        Assert.Equal("running [31m", line.Status);
        Assert.Equal(double.MaxValue, line.PeakGpu);
        Assert.Equal((60.0, 30, 1.0), (line.LargestGapSeconds!.Value, line.SampleCount!.Value, line.Coverage!.Value));
        Assert.Equal(500, line.Error!.Length);
        Assert.Null(CleanupAuditLine.From(new CleanupAction(instance, null), run).SampleCount);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(-3, "")]
    [InlineData(1, "new")]
    [InlineData(2, "new never")]
    [InlineData(3, "new never oldest")]
    [InlineData(99, "new never oldest older fresh")]
    public void First_WithinBudget_TakesTheLongestUnread(int budget, string expected)
    {
        var read = new Dictionary<string, DateTimeOffset> { ["fresh"] = s_now, ["older"] = s_now.AddMinutes(-5), ["oldest"] = s_now.AddMinutes(-9) };
        var fleet = new[] { "fresh", "new", "older", "oldest", "never" }.Select(id => Machine(id));
        Assert.Equal(expected, string.Join(" ", SamplingOrder.First(fleet, read, budget)));
    }
}
