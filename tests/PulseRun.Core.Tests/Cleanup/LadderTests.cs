using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using Xunit;

namespace PulseRun.Core.Tests.Cleanup;

public class LadderTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LadderRule s_rule = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(20));
    private static readonly Instance s_instance = new() { Id = "a", Status = "running", CostPerHour = 2 };

    private static DateTimeOffset Ago(double minutes) => s_now.AddSeconds(-60 * minutes);

    private static IdleVerdict Judged(Verdict verdict, double? idleMinutes, IdleReason? reason = null, double lastMinutes = 0) => new(s_instance)
    {
        Verdict = verdict,
        Reason = reason ?? (verdict == Verdict.Idle ? IdleReason.AllBelowThreshold : verdict == Verdict.Active ? IdleReason.GpuBusy : IdleReason.MetricsUnavailable),
        IdleSince = idleMinutes is { } minutes ? Ago(minutes) : null,
        JudgedAt = s_now,
        LastSampleAge = TimeSpan.FromMinutes(lastMinutes),
    };

    private static IdleWarning Warned(double since, double confirmed, double? delivered) => new(Guid.NewGuid(), Ago(since), Ago(confirmed), delivered is { } minutes ? Ago(minutes) : null);

    [Theory]
    // The verdict over 30 min, its idle time, then the warning: the spell's last reading and the delivery, in minutes ago.
    [InlineData(Verdict.Idle, 30.0, 0.0, 10.0, true)]
    [InlineData(Verdict.Idle, 500.0, 0.0, 10.0, true)]
    // The notice has not passed.
    [InlineData(Verdict.Idle, 30.0, 0.0, 9.98, false)]
    // The instance has not been idle for long enough, whatever the verdict says.
    [InlineData(Verdict.Idle, 29.98, 0.0, 10.0, false)]
    [InlineData(Verdict.Idle, null, 0.0, 10.0, false)]
    // The warning belongs to an earlier spell.
    [InlineData(Verdict.Idle, 30.0, 30.02, 100.0, false)]
    // The warning was not delivered, or in the future: the clock was set back.
    [InlineData(Verdict.Idle, 30.0, 0.0, null, false)]
    [InlineData(Verdict.Idle, 30.0, 0.0, -1.0, false)]
    [InlineData(Verdict.Idle, 30.0, 0.0, -10_000.0, false)]
    // The verdict is not Idle.
    [InlineData(Verdict.Active, 30.0, 0.0, 10.0, false)]
    [InlineData(Verdict.Unknown, 30.0, 0.0, 10.0, false)]
    public void MayAct_NeedsADeliveredWarningOfThisSpell_AndBothTimes(Verdict verdict, double? idle, double confirmed, double? delivered, bool expected) =>
        Assert.Equal(expected, Ladder.MayAct(s_rule, Judged(verdict, idle), Warned(60, confirmed, delivered), s_now));

    [Fact]
    public void MayAct_WithoutAWarning_IsFalse() => Assert.False(Ladder.MayAct(s_rule, Judged(Verdict.Idle, 100), null, s_now));

    [Fact]
    public void Next_ClimbsFromWarningToAct()
    {
        var active = Judged(Verdict.Active, 21);
        var early = Judged(Verdict.Idle, 21);
        Assert.Equal(LadderStep.None, Ladder.Next(s_rule, active, Judged(Verdict.Active, 10), null, s_now));
        Assert.Equal(LadderStep.None, Ladder.Next(s_rule, null, null, null, s_now));
        Assert.Equal(LadderStep.Warn, Ladder.Next(s_rule, active, early, null, s_now));
        Assert.Equal(LadderStep.Warn, Ladder.Next(s_rule, active, early, Warned(21, 0, null), s_now));
        Assert.Equal(LadderStep.Wait, Ladder.Next(s_rule, active, early, Warned(21, 0, 1), s_now));
        Assert.Equal(LadderStep.Warn, Ladder.Next(s_rule, Judged(Verdict.Idle, 31), null, null, s_now));
        Assert.Equal(LadderStep.Wait, Ladder.Next(s_rule, Judged(Verdict.Idle, 31), early, Warned(31, 0, 9), s_now));
        Assert.Equal(LadderStep.Act, Ladder.Next(s_rule, Judged(Verdict.Idle, 31), early, Warned(31, 0, 11), s_now));
        // A delivery in the future is none.
        Assert.Equal(LadderStep.Warn, Ladder.Next(s_rule, Judged(Verdict.Idle, 31), early, Warned(31, 0, -11), s_now));
    }

    [Fact]
    public void Follow_EndsTheSpell_AtTheFirstSignOfWorkOrOfAWrongClock()
    {
        IdleWarning warning = Warned(40, 5, 15);
        Assert.Equal(SpellState.Unbroken, Ladder.Follow(warning, Judged(Verdict.Idle, 40), s_now));
        // The history that is read may be shorter than the spell.
        Assert.Equal(SpellState.Unbroken, Ladder.Follow(warning, Judged(Verdict.Idle, 5), s_now));
        Assert.Equal(SpellState.Unbroken, Ladder.Follow(warning, Judged(Verdict.Active, 20), s_now));
        Assert.Equal(SpellState.Ended, Ladder.Follow(warning, Judged(Verdict.Active, 4.9), s_now));
        Assert.Equal(SpellState.Ended, Ladder.Follow(warning, Judged(Verdict.Active, null), s_now));
        Assert.Equal(SpellState.Unclear, Ladder.Follow(warning, Judged(Verdict.Unknown, null), s_now));
        foreach (IdleReason reason in new[] { IdleReason.ClockWentBack, IdleReason.Restarted, IdleReason.GpuCountChanged, IdleReason.NotRunning })
            Assert.Equal(SpellState.Ended, Ladder.Follow(warning, Judged(Verdict.Unknown, 40, reason), s_now));
        Assert.Equal(SpellState.Ended, Ladder.Follow(Warned(40, -1, 15), Judged(Verdict.Idle, 40), s_now));
        Assert.Equal(SpellState.Ended, Ladder.Follow(Warned(40, 0, -1), Judged(Verdict.Idle, 40), s_now));
        // The clocks of two hosts differ a little.
        Assert.Equal(SpellState.Unbroken, Ladder.Follow(Warned(40, -0.05, -0.05), Judged(Verdict.Idle, 40), s_now));
    }

    [Fact]
    public void FollowAll_ConfirmsUnbrokenSpells_AndKeepsWhatIsUnclear()
    {
        var recorded = new Dictionary<string, IdleWarning> { ["idle"] = Warned(40, 5, 15), ["busy"] = Warned(40, 5, 15), ["gone"] = Warned(40, 5, 15) };
        FollowedSpells followed = Ladder.FollowAll(recorded, new Dictionary<string, IdleVerdict> { ["idle"] = Judged(Verdict.Idle, 40, lastMinutes: 1), ["busy"] = Judged(Verdict.Active, null) }, s_now);
        Assert.Equal(["gone", "idle"], followed.Present.Keys.Order());
        Assert.Equal(Ago(1), followed.Present["idle"].ConfirmedAt);
        Assert.Equal(recorded["busy"].Spell, Assert.Single(followed.Ended));
        Assert.Equal(new KeyValuePair<Guid, DateTimeOffset>(recorded["idle"].Spell, Ago(1)), Assert.Single(followed.Confirmed));
    }

    [Fact]
    public void StopAt_IsTheLaterOfBothTimes()
    {
        Assert.Equal(s_now.AddMinutes(10), Ladder.StopAt(s_rule, Ago(20), s_now));
        Assert.Equal(s_now.AddMinutes(10), Ladder.StopAt(s_rule, Ago(300), s_now));
        Assert.Equal(s_now.AddMinutes(15), Ladder.StopAt(s_rule, Ago(15), s_now));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, false)]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(29.9, true)]
    public void Check_RefusesAWarningThatIsNotBeforeTheStop(double warnAfter, bool isValid) =>
        Assert.Equal(isValid, new LadderRule(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(warnAfter)).Check() is null);

    [Fact]
    public void ForWarning_IsTheSameProofOverAShorterWindow()
    {
        IdleRule early = s_rule.ForWarning(new IdleRule());
        Assert.Equal((TimeSpan.FromMinutes(20), 14, TimeSpan.FromMinutes(5)), (early.For, early.MinSamples, early.Gap));
        Assert.Null(early.Check());
    }
}
