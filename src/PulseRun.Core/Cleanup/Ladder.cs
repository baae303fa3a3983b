using System;
using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Decides the steps from idleness to the stop: the warning, the wait, the act.</summary>
internal static class Ladder
{
    /// <summary>The tolerance for times in the future: the clocks of two hosts with one store differ, and another process may write between the read of the clock and the read of the store.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromSeconds(5);

    /// <summary>Returns what is due for a running instance.</summary>
    /// <param name="rule">The rule of the ladder.</param>
    /// <param name="verdict">The verdict over -IdleFor.</param>
    /// <param name="early">The verdict over -WarnAfter.</param>
    /// <param name="warning">The recorded warning, after <see cref="Follow"/>; null without one.</param>
    /// <param name="now">The current time.</param>
    public static LadderStep Next(LadderRule rule, IdleVerdict? verdict, IdleVerdict? early, IdleWarning? warning, DateTimeOffset now)
    {
        bool isDelivered = IsDelivered(warning, now);
        if (verdict is { Verdict: Verdict.Idle } || early is { Verdict: Verdict.Idle })
        {
            if (!isDelivered)
                return LadderStep.Warn;
            return verdict is not null && MayAct(rule, verdict, warning, now) ? LadderStep.Act : LadderStep.Wait;
        }
        return LadderStep.None;
    }

    /// <summary>
    /// Returns true when an instance may be stopped now: it is proven idle, the warning of this spell was delivered, -IdleFor has passed since the first low reading, and
    /// the notice has passed since the delivery. A delivery in the future comes from a clock that was set back since, so the wait starts again.
    /// </summary>
    public static bool MayAct(LadderRule rule, IdleVerdict verdict, IdleWarning? warning, DateTimeOffset now) =>
        verdict.Verdict == Verdict.Idle
        && verdict.IdleSince is { } since
        && now - since >= rule.IdleFor
        && warning is { DeliveredAt: { } delivered }
        && since <= warning.ConfirmedAt
        && now - delivered >= rule.Notice;

    /// <summary>Returns what a new verdict says about the spell of a recorded warning.</summary>
    /// <param name="warning">The recorded warning.</param>
    /// <param name="verdict">The verdict over -IdleFor.</param>
    /// <param name="now">The current time.</param>
    public static SpellState Follow(IdleWarning warning, IdleVerdict verdict, DateTimeOffset now)
    {
        // After a step back of the clock neither the order of the times nor the length of the wait can be trusted.
        if (IsFuture(warning.ConfirmedAt, now) || IsFuture(warning.DeliveredAt, now) || verdict.Reason is IdleReason.ClockWentBack or IdleReason.Restarted or IdleReason.GpuCountChanged or IdleReason.NotRunning)
            return SpellState.Ended;
        if (verdict.IdleSince is not { } since)
            return verdict.Verdict == Verdict.Active ? SpellState.Ended : SpellState.Unclear;
        return since <= warning.ConfirmedAt ? SpellState.Unbroken : SpellState.Ended;
    }

    /// <summary>Returns the recorded warnings that still hold after new verdicts, with what to change in the store.</summary>
    /// <param name="recorded">The recorded warnings by instance id.</param>
    /// <param name="verdicts">The verdicts over -IdleFor by instance id.</param>
    /// <param name="now">The current time, read after the warnings: a later time in them then shows that the clock was set back.</param>
    public static FollowedSpells FollowAll(IReadOnlyDictionary<string, IdleWarning> recorded, IReadOnlyDictionary<string, IdleVerdict> verdicts, DateTimeOffset now)
    {
        var present = new Dictionary<string, IdleWarning>(StringComparer.Ordinal);
        List<Guid> ended = [];
        List<KeyValuePair<Guid, DateTimeOffset>> confirmed = [];
        foreach (KeyValuePair<string, IdleWarning> one in recorded)
        {
            IdleWarning warning = one.Value;
            SpellState state = verdicts.TryGetValue(one.Key, out IdleVerdict? verdict) ? Follow(warning, verdict, now) : SpellState.Unclear;
            if (state == SpellState.Ended)
            {
                ended.Add(warning.Spell);
                continue;
            }
            if (state == SpellState.Unbroken && verdict!.JudgedAt - verdict.LastSampleAge is { } last && last > warning.ConfirmedAt)
            {
                warning = warning with { ConfirmedAt = last };
                confirmed.Add(new KeyValuePair<Guid, DateTimeOffset>(warning.Spell, last));
            }
            present[one.Key] = warning;
        }
        return new FollowedSpells(present, ended, confirmed);
    }

    /// <summary>Returns the earliest time of the stop after a warning that is delivered now.</summary>
    public static DateTimeOffset StopAt(LadderRule rule, DateTimeOffset since, DateTimeOffset now) =>
        since + rule.IdleFor > now + rule.Notice ? since + rule.IdleFor : now + rule.Notice;

    private static bool IsDelivered(IdleWarning? warning, DateTimeOffset now) => warning?.DeliveredAt is { } at && !IsFuture(at, now);

    private static bool IsFuture(DateTimeOffset? time, DateTimeOffset now) => time - now > s_ahead;
}

/// <summary>Contains the warnings that hold after new verdicts, and what to change in the store.</summary>
/// <param name="Present">The warnings of spells that have not ended, by instance id.</param>
/// <param name="Ended">The spells that have ended.</param>
/// <param name="Confirmed">The spells with a later reading.</param>
internal sealed record FollowedSpells(IReadOnlyDictionary<string, IdleWarning> Present, IReadOnlyCollection<Guid> Ended, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> Confirmed);

/// <summary>Specifies what is due for an idle instance.</summary>
internal enum LadderStep
{
    /// <summary>The instance is not idle for long enough to warn.</summary>
    None,

    /// <summary>The warning is due.</summary>
    Warn,

    /// <summary>The warning was delivered, and the notice has not passed or the proof is not complete.</summary>
    Wait,

    /// <summary>The instance may be stopped.</summary>
    Act,
}

/// <summary>Specifies what a verdict says about the spell of a recorded warning.</summary>
internal enum SpellState
{
    /// <summary>The instance was idle from before the warning until its last reading.</summary>
    Unbroken,

    /// <summary>The instance worked, restarted or was not observed since the warning, or the clock was set back.</summary>
    Ended,

    /// <summary>The verdict says nothing about the spell, for example because a reading failed.</summary>
    Unclear,
}
