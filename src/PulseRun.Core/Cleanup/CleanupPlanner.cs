using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Cleanup;

/// <summary>Decides what a cleanup does: an instance that is proven idle is stopped; an instance that has been stopped for long is removed if the rule allows it.</summary>
internal static class CleanupPlanner
{
    public static CleanupPlan Plan(IEnumerable<CleanupCandidate> candidates, CleanupRule rule, CleanupInput input)
    {
        // Paging can return one instance twice; the last row is the newest.
        var considered = candidates
            .Where(candidate => rule.Selects(candidate.Instance) && !InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Terminated))
            .GroupBy(candidate => candidate.Instance.Id, StringComparer.Ordinal)
            .Select(rows => rows.Last())
            .ToList();

        // Instances that rest count by their last answer, so that an outage is seen although silent instances are asked rarely, and working ones are no outage.
        (int asked, int unread, bool isOutage) = Outage(considered.Where(static candidate => candidate.WasAsked || candidate.Rest != ReadingRest.None), rule);
        if (!isOutage && input.IsSample)
            (asked, unread, isOutage) = Outage(considered.Where(static candidate => candidate.WasAsked), rule);

        var decisions = considered.Select(candidate => Decide(candidate, rule, input)).ToList();
        bool isHeld = isOutage || input.DamagedStore is not null;
        int most = rule.MostActs(considered.Count(static candidate => InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Running)));
        var allowed = isHeld ? [] : MostWorthwhile(decisions, Math.Min(most, input.AffordableActs));
        var refusal = input.DamagedStore is not null ? CleanupReason.StoreUnavailable
            : isOutage ? CleanupReason.MetricsOutage
            : input.AffordableActs < most ? CleanupReason.RequestBudget
            : most < rule.MaxActions ? CleanupReason.MaxActionPercent
            : CleanupReason.MaxActions;
        return new CleanupPlan(
            decisions.ConvertAll(decision => decision.Step == CleanupStep.Skip || allowed.Contains(decision) || (decision.Step == CleanupStep.Warn && !isHeld)
                ? decision
                : decision with { Step = CleanupStep.Skip, Reason = refusal }),
            asked,
            unread,
            isOutage,
            input.DamagedStore)
        {
            MostActs = most,
            ActLimit = most < rule.MaxActions ? CleanupReason.MaxActionPercent : CleanupReason.MaxActions,
        };
    }

    /// <summary>Returns the reason to skip a planned stop after the second look; null when the stop still holds.</summary>
    public static CleanupReason? ObjectionToStop(IdleVerdict secondLook) =>
        secondLook.Verdict == Verdict.Idle ? null : CleanupReason.NoLongerIdle;

    /// <summary>Returns true when the instance is already stopped or gone.</summary>
    /// <param name="secondLook">The present state of the instance; null when it does not exist any more.</param>
    public static bool IsStopped(Instance? secondLook) =>
        secondLook is null || InstanceStatus.Is(secondLook.Status, InstanceStatus.Stopped) || InstanceStatus.Is(secondLook.Status, InstanceStatus.Terminated);

    /// <summary>Returns the reason to skip a planned removal after the second look; null when the removal still holds.</summary>
    /// <param name="planned">The instance as it was when the plan was made.</param>
    /// <param name="secondLook">The present state of the instance; null when it does not exist any more.</param>
    public static CleanupReason? ObjectionToRemove(Instance planned, Instance? secondLook)
    {
        if (secondLook is null || InstanceStatus.Is(secondLook.Status, InstanceStatus.Terminated))
            return CleanupReason.AlreadyDone;
        bool isUntouched = InstanceStatus.Is(secondLook.Status, InstanceStatus.Stopped) && secondLook.StartedAt == planned.StartedAt;
        return isUntouched ? null : CleanupReason.NoLongerStopped;
    }

    private static (int Asked, int Unread, bool IsOutage) Outage(IEnumerable<CleanupCandidate> candidates, CleanupRule rule)
    {
        int asked = 0, unread = 0;
        foreach (CleanupCandidate candidate in candidates)
        {
            if (candidate.Verdict is not { } verdict)
                continue;
            asked++;
            if (verdict.IsSilent)
                unread++;
        }
        return (asked, unread, unread * 100.0 > asked * rule.MaxUnknownPercent);
    }

    /// <summary>Returns the decision, or to skip while the instance rests after a stop that was declined or refused: its recorded readings still show it idle.</summary>
    private static CleanupDecision Decide(CleanupCandidate candidate, CleanupRule rule, CleanupInput input)
    {
        CleanupDecision decision = DecideNow(candidate, rule, input);
        return (decision.Step, candidate.Rest) switch
        {
            (CleanupStep.Stop, ReadingRest.Declined) => decision with { Step = CleanupStep.Skip, Reason = CleanupReason.Declined },
            (CleanupStep.Stop, ReadingRest.Refused) => decision with { Step = CleanupStep.Skip, Reason = CleanupReason.Refused },
            _ => decision,
        };
    }

    private static CleanupDecision DecideNow(CleanupCandidate candidate, CleanupRule rule, CleanupInput input)
    {
        if (rule.Excludes(candidate.Instance))
            return Skip(CleanupReason.Excluded);
        if (candidate.IsProtected)
            return Skip(CleanupReason.Protected);
        if (InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Stopped))
            return Stopped(candidate, rule, input);
        if (!InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Running))
            return Skip(CleanupReason.NotRunning);
        if (rule.Ladder is { } ladder)
        {
            switch (Ladder.Next(ladder, candidate.Verdict, candidate.Early, candidate.Warning, input.Now))
            {
                case LadderStep.Warn:
                    return new CleanupDecision(candidate, CleanupStep.Warn, CleanupReason.WarningDue);
                case LadderStep.Wait:
                    return Skip(CleanupReason.WarningPending);
                case LadderStep.Act:
                    return new CleanupDecision(candidate, CleanupStep.Stop, CleanupReason.Idle);
            }
        }
        return candidate.Verdict?.Verdict switch
        {
            Verdict.Idle when rule.Ladder is null => new CleanupDecision(candidate, CleanupStep.Stop, CleanupReason.Idle),
            Verdict.Active => Skip(CleanupReason.Active),
            _ => Skip(CleanupReason.Unknown),
        };

        CleanupDecision Skip(CleanupReason reason) => new(candidate, CleanupStep.Skip, reason);
    }

    private static CleanupDecision Stopped(CleanupCandidate candidate, CleanupRule rule, CleanupInput input)
    {
        if (rule.RemoveStoppedAfter is not { } longEnough)
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.AlreadyStopped);
        if (candidate.StoppedSince is not { } since)
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.StoppedSinceUnknown);
        if (input.Now - since < longEnough)
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.StoppedRecently);
        return AgreesWith(input.ClockSkew)
            ? new CleanupDecision(candidate, CleanupStep.Remove, CleanupReason.StoppedLong)
            : new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.ClockUnsure);
    }

    /// <summary>Returns true when the server's clock differs from this connection's by at most <see cref="CleanupRule.LargestSkew"/>, so that ages computed from server times can be trusted.</summary>
    public static bool AgreesWith(TimeSpan? skew) => skew is { } known && known.Duration() <= CleanupRule.LargestSkew;

    /// <summary>Selects the acts to carry out: stops first, because they save money every hour, the most expensive first; then removals, the longest stopped first.</summary>
    private static HashSet<CleanupDecision> MostWorthwhile(List<CleanupDecision> decisions, int count) => new(decisions
        .Where(decision => decision.IsAct)
        .OrderBy(decision => decision.Step)
        .ThenByDescending(decision => decision.Step == CleanupStep.Stop ? decision.Candidate.Instance.CostPerHour ?? -1 : 0)
        .ThenBy(decision => decision.Candidate.StoppedSince)
        .Take(count));
}
