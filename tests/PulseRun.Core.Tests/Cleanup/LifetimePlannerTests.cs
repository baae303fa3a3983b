using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Notes;
using Xunit;

namespace PulseRun.Core.Tests.Cleanup;

public class LifetimePlannerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly LifetimeRule s_rule = new() { CanWarn = true, Zone = TimeZoneInfo.Utc };

    [Theory]
    [InlineData("running", 0, ExpiryAction.Stop, CleanupStep.Stop, CleanupReason.Expired)]
    [InlineData("provisioning", -5, ExpiryAction.Stop, CleanupStep.Stop, CleanupReason.Expired)]
    [InlineData("a state of tomorrow", -5, ExpiryAction.Stop, CleanupStep.Stop, CleanupReason.Expired)]
    [InlineData("running", -5, ExpiryAction.Remove, CleanupStep.Remove, CleanupReason.Expired)]
    [InlineData("stopped", -5, ExpiryAction.Remove, CleanupStep.Remove, CleanupReason.Expired)]
    [InlineData("stopped", -5, ExpiryAction.Stop, CleanupStep.Skip, CleanupReason.AlreadyStopped)]
    [InlineData("stopping", -5, ExpiryAction.Stop, CleanupStep.Skip, CleanupReason.NotRunning)]
    [InlineData("terminating", -5, ExpiryAction.Remove, CleanupStep.Skip, CleanupReason.NotRunning)]
    [InlineData("failed", -5, ExpiryAction.Remove, CleanupStep.Skip, CleanupReason.NotRunning)]
    [InlineData("running", 15, ExpiryAction.Stop, CleanupStep.Warn, CleanupReason.ExpiryNear)]
    [InlineData("stopped", 10, ExpiryAction.Stop, CleanupStep.Skip, CleanupReason.NotExpired)]
    [InlineData("stopped", 10, ExpiryAction.Remove, CleanupStep.Warn, CleanupReason.ExpiryNear)]
    [InlineData("running", 16, ExpiryAction.Stop, CleanupStep.Skip, CleanupReason.NotExpired)]
    internal void The_end_of_a_lifetime_decides_whatever_the_instance_is_doing(string status, int minutes, ExpiryAction action, CleanupStep step, CleanupReason reason)
    {
        CleanupDecision decision = Assert.Single(Plan([One("a", status, Expiring(minutes, action))]).Decisions);
        Assert.Equal((step, reason), (decision.Step, decision.Reason));
    }

    [Fact]
    public void Protected_and_excluded_instances_are_left_alone()
    {
        var limits = new CleanupRule { Excludes = static instance => instance.Id == "b" };
        CleanupPlan plan = Plan([One("a", "running", Expiring(-1)) with { IsProtected = true }, One("b", "running", Expiring(-1)), One("c", "running", null)], limits);
        Assert.Equal([CleanupReason.Protected, CleanupReason.Excluded, CleanupReason.NoLifetime], plan.Decisions.Select(static one => one.Reason));
        Assert.All(plan.Decisions, static one => Assert.Equal(CleanupStep.Skip, one.Step));
    }

    [Fact]
    public void Limits_hold_and_the_most_expensive_come_first_and_expired_ones_before_off_hours()
    {
        CleanupCandidate[] fleet = [One("off", "running", OffHours("Mon-Sun 11:00-13:00"), 9), One("cheap", "running", Expiring(-1), 1), One("costly", "running", Expiring(-1), 5)];
        CleanupPlan plan = Plan(fleet, new CleanupRule { MaxActions = 2 });
        Assert.Equal([CleanupReason.MaxActions, CleanupReason.Expired, CleanupReason.Expired], plan.Decisions.Select(static one => one.Reason));
        Assert.Equal(["costly"], Acts(Plan(fleet, new CleanupRule { MaxActions = 1 })));
        Assert.Equal(["costly"], Acts(Plan(fleet, null, new CleanupInput(s_now) { AffordableActs = 1 })));
        Assert.Empty(Acts(Plan(fleet, null, new CleanupInput(s_now) { DamagedStore = "x" })));
    }

    [Fact]
    public void A_disk_is_not_deleted_by_a_clock_that_is_known_to_be_wrong()
    {
        CleanupCandidate[] fleet = [One("stop", "running", Expiring(-1)), One("remove", "running", Expiring(-1, ExpiryAction.Remove))];
        Assert.Equal(["stop"], Acts(Plan(fleet, null, new CleanupInput(s_now) { ClockSkew = TimeSpan.FromMinutes(6) })));
        Assert.Equal(["stop", "remove"], Acts(Plan(fleet, null, new CleanupInput(s_now) { ClockSkew = null })));
    }

    [Theory]
    [InlineData(-2, true)]
    [InlineData(-6, false)]
    [InlineData(-4000, false)]
    [InlineData(4000, true)]
    public void Nothing_is_stopped_that_has_time_left_by_the_clock_of_the_server(int minutes, bool isStopped)
    {
        var input = new CleanupInput(s_now) { ClockSkew = TimeSpan.FromMinutes(minutes) };
        CleanupDecision decision = Assert.Single(Plan([One("a", "running", Expiring(-1))], null, input).Decisions);
        Assert.Equal(isStopped ? (CleanupStep.Stop, CleanupReason.Expired) : (CleanupStep.Skip, CleanupReason.ClockUnsure), (decision.Step, decision.Reason));
    }

    [Theory]
    [InlineData(-2, true)]
    [InlineData(-61, false)]
    [InlineData(61, false)]
    public void Off_hours_are_those_of_both_clocks(int minutes, bool isStopped)
    {
        var input = new CleanupInput(s_now) { ClockSkew = TimeSpan.FromMinutes(minutes) };
        Assert.Equal(isStopped ? ["a"] : [], Acts(Plan([One("a", "running", OffHours("Mon-Sun 11:00-13:00"))], null, input)));
    }

    [Fact]
    public void One_warning_is_enough_and_none_is_sent_without_a_receiver()
    {
        Assert.Equal(CleanupStep.Skip, Plan([One("a", "running", Expiring(5) with { WasWarned = true })]).Decisions[0].Step);
        Assert.Equal(CleanupStep.Skip, Plan([One("a", "running", Expiring(5))], rule: s_rule with { CanWarn = false }).Decisions[0].Step);
        Assert.Equal(CleanupStep.Skip, Plan([One("a", "running", Expiring(5))], rule: s_rule with { WarnBefore = TimeSpan.Zero }).Decisions[0].Step);
    }

    [Fact]
    public void When_idleness_follows_only_what_is_due_is_decided_here()
    {
        CleanupPlan plan = Plan([One("a", "running", Expiring(-1)), One("b", "running", Expiring(99)), One("c", "running", null), One("d", "running", Expiring(-1)) with { IsProtected = true }], rule: s_rule with { IdleFollows = true });
        Assert.Equal(["a"], plan.Decisions.Select(static one => one.Candidate.Instance.Id));
    }

    [Fact]
    public void Off_hours_stop_what_was_started_before_them_and_start_it_afterwards_on_request()
    {
        InstanceNote note = OffHours("Mon-Fri 11:00-13:00");
        Assert.Equal((CleanupStep.Stop, CleanupReason.OffHours), Of(One("a", "running", note)));
        Assert.Equal((CleanupStep.Skip, CleanupReason.NoLifetime), Of(One("a", "running", note, startedAt: s_now.AddMinutes(-30))));
        Assert.Equal((CleanupStep.Skip, CleanupReason.NoLifetime), Of(One("a", "stopped", note)));
        InstanceNote stopped = OffHours("Mon-Fri 10:00-11:00") with { StoppedForOffHoursOf = s_now.AddHours(-2) };
        Assert.Equal((CleanupStep.Skip, CleanupReason.NoLifetime), Of(One("a", "stopped", stopped)));
        Assert.Equal((CleanupStep.Start, CleanupReason.OffHoursOver), Of(One("a", "stopped", stopped), s_rule with { StartsAfterOffHours = true }));
        Assert.Equal((CleanupStep.Skip, CleanupReason.NoLifetime), Of(One("a", "stopped", stopped with { StoppedForOffHoursOf = null }), s_rule with { StartsAfterOffHours = true }));
        // An instance whose lifetime has ended is not started.
        Assert.Equal(CleanupStep.Skip, Of(One("a", "stopped", stopped with { ExpiresAt = s_now }), s_rule with { StartsAfterOffHours = true }).Step);
    }

    [Fact]
    public void A_tag_that_cannot_be_read_is_reported_and_does_nothing()
    {
        var wrong = new List<string>();
        CleanupPlan plan = LifetimePlanner.Plan([One("a", "running", OffHours("at night"))], new CleanupRule(), s_rule, new CleanupInput(s_now), (id, why) => wrong.Add(id + ": " + why));
        Assert.Empty(Acts(plan));
        Assert.Contains("at night", Assert.Single(wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_look_objects_to_what_has_changed()
    {
        CleanupDecision stop = Plan([One("a", "running", Expiring(-1))]).Decisions[0];
        Instance now = stop.Candidate.Instance;
        Assert.Null(LifetimePlanner.Objection(stop, now, Expiring(-1), s_now));
        Assert.Equal(CleanupReason.NoteChanged, LifetimePlanner.Objection(stop, now, Expiring(60), s_now));
        Assert.Equal(CleanupReason.NoteChanged, LifetimePlanner.Objection(stop, now, null, s_now));
        Assert.Equal(CleanupReason.NoteChanged, LifetimePlanner.Objection(stop, now, Expiring(-1, ExpiryAction.Remove), s_now));
        Assert.Equal(CleanupReason.AlreadyDone, LifetimePlanner.Objection(stop, null, Expiring(-1), s_now));
        Assert.Equal(CleanupReason.AlreadyDone, LifetimePlanner.Objection(stop, now.WithStatus("stopped"), Expiring(-1), s_now));
        CleanupDecision off = Plan([One("a", "running", OffHours("Mon-Fri 11:00-13:00"))]).Decisions[0];
        Assert.Null(LifetimePlanner.Objection(off, off.Candidate.Instance, OffHours("Mon-Fri 11:00-13:00"), s_now));
        Assert.Equal(CleanupReason.NoteChanged, LifetimePlanner.Objection(off, off.Candidate.Instance, OffHours("Sat"), s_now));
        Assert.Equal(CleanupReason.NoLongerIdle, LifetimePlanner.Objection(off, One("a", "running", null, startedAt: s_now).Instance, OffHours("Mon-Fri 11:00-13:00"), s_now));
    }

    private static (CleanupStep Step, CleanupReason Reason) Of(CleanupCandidate candidate, LifetimeRule? rule = null)
    {
        CleanupDecision decision = Plan([candidate], rule: rule).Decisions[0];
        return (decision.Step, decision.Reason);
    }

    private static string[] Acts(CleanupPlan plan) => plan.Decisions.Where(static one => one.IsAct).Select(static one => one.Candidate.Instance.Id).ToArray();

    private static CleanupPlan Plan(CleanupCandidate[] fleet, CleanupRule? limits = null, CleanupInput? input = null, LifetimeRule? rule = null) =>
        LifetimePlanner.Plan(fleet, limits ?? new CleanupRule(), rule ?? s_rule, input ?? new CleanupInput(s_now), static (_, _) => { });

    private static CleanupCandidate One(string id, string status, InstanceNote? note, decimal? cost = 1, DateTimeOffset? startedAt = null) =>
        new(new Instance { Id = id, Status = status, CostPerHour = cost, StartedAt = startedAt ?? s_now.AddDays(-1) }) { Note = note };

    private static InstanceNote Expiring(int minutes, ExpiryAction action = ExpiryAction.Stop) => new() { Id = "a", ExpiresAt = s_now.AddMinutes(minutes), AtExpiry = action };

    private static InstanceNote OffHours(string tag) => new() { Id = "a", Tags = new Dictionary<string, string> { ["OffHours"] = tag } };
}
