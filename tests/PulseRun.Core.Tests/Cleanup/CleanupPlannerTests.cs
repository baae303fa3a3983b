using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using Xunit;

namespace PulseRun.Core.Tests.Cleanup;

public class CleanupPlannerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CleanupInput s_input = new(s_now);

    private static Instance Machine(string id, string? status = "running", decimal? cost = 1, string? gpu = null, DateTimeOffset? started = null) =>
        new() { Id = id, Status = status, CostPerHour = cost, Gpu = gpu, StartedAt = started };

    private static CleanupCandidate Running(string id, IdleReason reason, decimal? cost = 1, bool asked = true)
    {
        var instance = Machine(id, cost: cost);
        var verdict = reason switch { IdleReason.AllBelowThreshold => Verdict.Idle, IdleReason.GpuBusy => Verdict.Active, _ => Verdict.Unknown };
        return new CleanupCandidate(instance) { Verdict = new IdleVerdict(instance) { Verdict = verdict, Reason = reason, IsSilent = reason == IdleReason.MetricsUnavailable }, WasAsked = asked };
    }

    private static CleanupCandidate Idle(string id, decimal? cost = 1) => Running(id, IdleReason.AllBelowThreshold, cost);

    private static CleanupCandidate Stopped(string id, double? days) =>
        new(Machine(id, "stopped")) { StoppedSince = days is { } count ? s_now.AddDays(-count) : null };

    private static string Tell(CleanupPlan plan) =>
        string.Join(" ", plan.Decisions.Select(decision => decision.Candidate.Instance.Id + ":" + decision.Step + ":" + decision.Reason));

    private static string Plan(CleanupRule rule, params CleanupCandidate[] candidates) => Tell(CleanupPlanner.Plan(candidates, rule, s_input));

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
        // The instance is protected, whatever the other conditions are.
        var candidate = Idle("a") with { Instance = Machine("a", status), StoppedSince = s_now.AddDays(-90) };
        Assert.Equal("a:Skip:NotRunning", Plan(new() { RemoveStoppedAfter = TimeSpan.FromDays(7) }, candidate));
    }

    [Fact]
    public void Plan_Terminated_IsNotConsidered() =>
        Assert.Empty(CleanupPlanner.Plan([new CleanupCandidate(Machine("a", "terminated"))], new(), s_input).Decisions);

    [Fact]
    public void Plan_Stopped_IsRemovedOnlyWhenAskedAndSeen()
    {
        var week = new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(7) };
        Assert.Equal("a:Skip:AlreadyStopped", Plan(new(), Stopped("a", 90)));
        Assert.Equal("a:Skip:StoppedSinceUnknown", Plan(week, Stopped("a", null)));
        Assert.Equal("a:Skip:StoppedRecently", Plan(week, Stopped("a", 6.99)));
        Assert.Equal("a:Skip:StoppedRecently", Plan(week, Stopped("a", -30)));
        Assert.Equal("a:Remove:StoppedLong", Plan(week, Stopped("a", 7)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-8 * 24 * 3600, false)]
    [InlineData(null, false)]
    public void Plan_Stopped_IsRemovedOnlyWhenTheClocksAgree(int? skewSeconds, bool expected)
    {
        var input = s_input with { ClockSkew = skewSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        var plan = CleanupPlanner.Plan([Stopped("a", 8), Idle("b")], new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(7) }, input);
        Assert.Equal(expected ? "a:Remove:StoppedLong b:Stop:Idle" : "a:Skip:ClockUnsure b:Stop:Idle", Tell(plan));
    }

    [Theory]
    [InlineData(7 * 24, 24)]
    [InlineData(90 * 24, 24)]
    [InlineData(24, 4)]
    [InlineData(1, 1 / 6.0)]
    public void LongestUnseen_IsASixth_AndADayAtMost(double hours, double expected) =>
        Assert.Equal(TimeSpan.FromHours(expected), new CleanupRule { RemoveStoppedAfter = TimeSpan.FromHours(hours) }.LongestUnseen);

    [Fact]
    public void Plan_WithADamagedStore_TakesNoAction()
    {
        var input = s_input with { DamagedStore = "/x/pulserun.db.corrupt-1" };
        var plan = CleanupPlanner.Plan([Idle("a"), Stopped("b", 9), Running("c", IdleReason.GpuBusy)], new CleanupRule { RemoveStoppedAfter = TimeSpan.FromDays(7) }, input);
        Assert.Equal("a:Skip:StoreUnavailable b:Skip:StoreUnavailable c:Skip:Active", Tell(plan));
        Assert.Equal(ErrorIds.StoreUnavailable, plan.Damage!.ErrorId);
        Assert.Contains("/x/pulserun.db.corrupt-1", plan.Damage.Message);
        Assert.Null(CleanupPlanner.Plan([Idle("a")], new(), s_input).Damage);
    }

    [Fact]
    public void Plan_MoreActsThanRequests_SkipsTheRest()
    {
        var plan = CleanupPlanner.Plan([Idle("a", 1), Idle("b", 3), Idle("c", 2)], new(), s_input with { AffordableActs = 2 });
        Assert.Equal("a:Skip:RequestBudget b:Stop:Idle c:Stop:Idle", Tell(plan));
    }

    /// <summary>Arguments: requests, running instances, possible acts; expected: readings, acts, spare requests.</summary>
    [Theory]
    [InlineData(59, 6, 6, 6, 6, 41)]
    [InlineData(59, 100, 0, 59, 0, 0)]
    [InlineData(59, 100, 10, 39, 10, 0)]
    [InlineData(50, 50, 10, 30, 10, 0)]
    [InlineData(3, 5, 5, 1, 1, 0)]
    [InlineData(2, 5, 5, 2, 0, 0)]
    [InlineData(1, 5, 5, 1, 0, 0)]
    [InlineData(0, 5, 5, 0, 0, 0)]
    [InlineData(-1, 5, 5, 0, 0, 0)]
    [InlineData(5, 0, 9, 0, 2, 1)]
    public void Divide_ReservesTwoRequestsForEachAct(int requests, int running, int possible, int readings, int acts, int spare) =>
        Assert.Equal(new RequestShare(readings, acts, spare), RequestShare.Divide(requests, running, possible));

    [Fact]
    public void Divide_NeverExceedsTheBudget()
    {
        var random = new Random(8);
        for (int run = 0; run < 5000; run++)
        {
            int requests = random.Next(-2, 200), running = random.Next(0, 300), possible = random.Next(0, 50);
            var share = RequestShare.Divide(requests, running, possible);
            Assert.Equal(Math.Max(0, requests), share.Readings + 2 * share.Acts + share.Spare);
            Assert.True(share is { Readings: >= 0, Acts: >= 0, Spare: >= 0 } && share.Readings <= running && share.Acts <= possible);
            Assert.True(running == 0 || requests <= 0 || share.Readings > 0);
        }
    }

    [Fact]
    public void WarmUp_DescribesProgressAndEnd()
    {
        var rule = new PulseRun.Core.Idle.IdleRule();
        IdleVerdict Read(double minutes) => new(Machine("a")) { Reason = IdleReason.WarmingUp, ReadSince = s_now.AddMinutes(-minutes) };
        Assert.Null(WarmUp.Describe([Idle("a").Verdict!], rule, s_now, TimeZoneInfo.Utc));
        Assert.Equal("Warming up (1 instance): readings cover 1 of 30 minutes; first verdicts at 12:29.", WarmUp.Describe([Read(1)], rule, s_now, TimeZoneInfo.Utc));
        Assert.Equal("Warming up (2 instances): readings cover 12 of 30 minutes; first verdicts at 12:17.", WarmUp.Describe([Read(1), Idle("b").Verdict!, Read(12.5)], rule, s_now, TimeZoneInfo.Utc));
        Assert.Equal("Warming up (1 instance): readings cover 0 of 2880 minutes; first verdicts at 2026-03-03 12:00.", WarmUp.Describe([Read(0)], rule with { For = TimeSpan.FromDays(2) }, s_now, TimeZoneInfo.Utc));
        Assert.Equal("Warming up (1 instance): readings cover 30 of 60 seconds; first verdicts at 12:00.", WarmUp.Describe([Read(0.5)], rule with { For = TimeSpan.FromMinutes(1) }, s_now, TimeZoneInfo.Utc));
    }

    [Fact]
    public void Plan_ProtectedAndExcluded_AreSkipped()
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
        var plan = CleanupPlanner.Plan([Idle("a"), Running("b", IdleReason.NoSamples), Running("c", IdleReason.NoSamples)], rule, s_input);
        Assert.Equal("a:Stop:Idle", Tell(plan));
        Assert.False(plan.IsOutage);
    }

    [Fact]
    public void Plan_MaxActions_PrefersTheMostExpensiveThenTheLongestStopped()
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
    public void Plan_DuplicateRow_IsActedOnOnce() => Assert.Equal("a:Stop:Idle", Plan(new(), Idle("a"), Idle("a")));

    [Theory]
    [InlineData(4, 6, 50, true)]
    [InlineData(5, 5, 50, false)]
    [InlineData(6, 4, 50, false)]
    [InlineData(9, 1, 0, true)]
    [InlineData(10, 0, 0, false)]
    [InlineData(1, 99, 100, false)]
    public void Plan_TooManyMissingReadings_TakesNoAction(int idle, int silent, double percent, bool expected)
    {
        var candidates = Enumerable.Range(0, idle).Select(i => Idle("i" + i)).Concat(Enumerable.Range(0, silent).Select(i => Running("s" + i, IdleReason.MetricsUnavailable)))
            .Append(Stopped("old", 90)).ToList();
        var plan = CleanupPlanner.Plan(candidates, new() { MaxUnknownPercent = percent, MaxActions = 1000, RemoveStoppedAfter = TimeSpan.FromDays(7) }, s_input);
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

    /// <summary>Only a reading that was requested in this run and failed counts as an outage. A reading that arrived does not, however little it proves, and neither does one that was not requested.</summary>
    [Theory]
    [InlineData(IdleReason.MetricsUnavailable, true)]
    [InlineData(IdleReason.NoSamples, false)]
    [InlineData(IdleReason.TooFewSamples, false)]
    [InlineData(IdleReason.WindowNotCovered, false)]
    [InlineData(IdleReason.GapTooLong, false)]
    [InlineData(IdleReason.SampleStale, false)]
    [InlineData(IdleReason.ClockWentBack, false)]
    [InlineData(IdleReason.WarmingUp, false)]
    [InlineData(IdleReason.UnitUnclear, false)]
    [InlineData(IdleReason.MemoryHeld, false)]
    [InlineData(IdleReason.StartedRecently, false)]
    [InlineData(IdleReason.Restarted, false)]
    [InlineData(IdleReason.GpuCountChanged, false)]
    [InlineData(IdleReason.NotRunning, false)]
    [InlineData(IdleReason.GpuBusy, false)]
    [InlineData(IdleReason.AllBelowThreshold, false)]
    public void Plan_MostOfTheFleet_IsAnOutageOnlyWithoutReadings(IdleReason reason, bool expected)
    {
        Assert.Equal(expected, CleanupPlanner.Plan([Idle("a"), Running("b", reason), Running("c", reason)], new(), s_input).IsOutage);
        Assert.False(CleanupPlanner.Plan([Idle("a"), Running("b", reason, asked: false), Running("c", reason, asked: false)], new(), s_input).IsOutage);
    }

    /// <summary>Silent instances are asked rarely, and those that were seen at work just now are not asked either. Both count by their last answer.</summary>
    [Fact]
    public void Plan_InstancesThatRest_CountByTheirLastAnswer()
    {
        CleanupCandidate Resting(string id, IdleReason reason, ReadingRest rest) => Running(id, reason, asked: false) with { Rest = rest };
        CleanupCandidate s = Resting("s", IdleReason.MetricsUnavailable, ReadingRest.Silent), t = Resting("t", IdleReason.MetricsUnavailable, ReadingRest.Silent);
        CleanupPlan hidden = CleanupPlanner.Plan([Idle("a"), s, t], new(), s_input);
        Assert.True(hidden.IsOutage);
        Assert.Equal((3, 2), (hidden.Asked, hidden.Unread));
        // One silent instance beside working ones that were not asked is no outage, unless those asked are a sample of a large fleet.
        CleanupCandidate[] mixed = [Running("x", IdleReason.MetricsUnavailable), Resting("b", IdleReason.GpuBusy, ReadingRest.JustSeen), Resting("c", IdleReason.GpuBusy, ReadingRest.JustSeen)];
        Assert.False(CleanupPlanner.Plan(mixed, new(), s_input).IsOutage);
        CleanupPlan sample = CleanupPlanner.Plan(mixed, new(), s_input with { IsSample = true });
        Assert.True(sample.IsOutage);
        Assert.Equal((1, 1), (sample.Asked, sample.Unread));
    }

    [Fact]
    public void Plan_StopWasRefusedOrDeclinedJustNow_IsNotRepeated()
    {
        Assert.Equal(
            "a:Skip:Refused b:Skip:Declined c:Stop:Idle",
            Plan(new(), Idle("a") with { Rest = ReadingRest.Refused, WasAsked = false }, Idle("b") with { Rest = ReadingRest.Declined, WasAsked = false }, Idle("c")));
        // They use none of the permitted acts.
        Assert.Equal("a:Skip:Refused b:Stop:Idle", Plan(new() { MaxActions = 1 }, Idle("a", 99) with { Rest = ReadingRest.Refused, WasAsked = false }, Idle("b")));
    }

    [Fact]
    public void Plan_StoppedFleet_IsNotAnOutage() =>
        Assert.Equal("a:Stop:Idle b:Skip:AlreadyStopped c:Skip:AlreadyStopped", Plan(new(), Idle("a"), Stopped("b", 1), Stopped("c", 1)));

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
    public void Check_OutOfRange_NamesTheField()
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
    public void Decision_Actions_ReportTheSavings()
    {
        var stop = CleanupPlanner.Plan([Idle("a", 2.5m)], new(), s_input).Decisions[0];
        var done = stop.Done(s_now, Machine("a", "stopped", 2.5m));
        Assert.Equal((CleanupOutcome.Stopped, CleanupReason.Idle, "stopped", 2.5m), (done.Action, done.Reason, done.Status, done.SavedPerHour!.Value));
        Assert.Equal((Verdict.Idle, IdleReason.AllBelowThreshold), (done.Verdict!.Value, done.VerdictReason!.Value));
        Assert.Equal((CleanupOutcome.WouldStop, 2.5m), (stop.WouldBe(s_now).Action, stop.WouldBe(s_now).SavedPerHour!.Value));
        Assert.Equal((CleanupOutcome.Skipped, CleanupReason.NoLongerIdle), (stop.Skipped(s_now, CleanupReason.NoLongerIdle).Action, stop.Skipped(s_now, CleanupReason.NoLongerIdle).Reason));
        Assert.Equal(0, stop.Skipped(s_now).SavedPerHour);
        Assert.Null(CleanupPlanner.Plan([Idle("a", null)], new(), s_input).Decisions[0].WouldBe(s_now).SavedPerHour);

        var remove = CleanupPlanner.Plan([Stopped("a", 9)], new() { RemoveStoppedAfter = TimeSpan.FromDays(7) }, s_input).Decisions[0];
        Assert.Equal((CleanupOutcome.WouldRemove, 0), (remove.WouldBe(s_now).Action, remove.WouldBe(s_now).SavedPerHour!.Value));
        Assert.Equal(CleanupOutcome.Removed, remove.Done(s_now, Machine("a", "terminated")).Action);

        var refused = stop.Failed(s_now, new PulseRunException(ErrorIds.InvalidRequest, "cannot stop") { StatusCode = 400 });
        Assert.Equal((CleanupOutcome.Failed, CleanupReason.Refused, "cannot stop"), (refused.Action, refused.Reason, refused.Error!));
        Assert.Equal(CleanupReason.RequestFailed, stop.Failed(s_now, new PulseRunException(ErrorIds.ServerError, "no") { StatusCode = 502 }).Reason);
        Assert.Equal(CleanupReason.RequestFailed, stop.Failed(s_now, new PulseRunException(ErrorIds.RequestTimeout, "no")).Reason);
        Assert.Equal("a", done.ToString());
    }

    [Fact]
    public void AuditLine_IsCompleteAndValidForJson()
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
}
