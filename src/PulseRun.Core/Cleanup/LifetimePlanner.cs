using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.OffHours;

namespace PulseRun.Core.Cleanup;

/// <summary>Decides what is due by the notes of instances: the end of a lifetime, a warning before it, the start and the end of off hours. Metrics have no part in it.</summary>
internal static class LifetimePlanner
{
    public const string OffHoursTag = "offhours";

    /// <summary>Returns the decisions. With <see cref="LifetimeRule.IdleFollows"/>, only those of instances for which something is due; otherwise one for each instance considered.</summary>
    /// <param name="candidates">The listed instances with their notes.</param>
    /// <param name="limits">The limits of the cleanup.</param>
    /// <param name="rule">The rule of lifetimes.</param>
    /// <param name="input">The other data on which the plan depends.</param>
    /// <param name="onWrongTag">Receives the id of an instance whose off hours cannot be read, and what is wrong. Nothing is done by such a tag.</param>
    public static CleanupPlan Plan(IEnumerable<CleanupCandidate> candidates, CleanupRule limits, LifetimeRule rule, CleanupInput input, Action<string, string> onWrongTag)
    {
        var considered = candidates
            .Where(candidate => limits.Selects(candidate.Instance) && !InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Terminated))
            .GroupBy(static candidate => candidate.Instance.Id, StringComparer.Ordinal)
            .Select(static rows => rows.Last())
            .ToList();
        int most = limits.MostActs(considered.Count(static candidate => InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Running)));
        List<CleanupDecision> decisions = considered.ConvertAll(candidate => Decide(candidate, limits, rule, input, onWrongTag));
        bool isHeld = input.DamagedStore is not null;
        var allowed = isHeld ? [] : MostUrgent(decisions, Math.Min(most, input.AffordableActs));
        CleanupReason refusal = isHeld ? CleanupReason.StoreUnavailable
            : input.AffordableActs < most ? CleanupReason.RequestBudget
            : most < limits.MaxActions ? CleanupReason.MaxActionPercent
            : CleanupReason.MaxActions;
        List<CleanupDecision> shown = decisions.FindAll(decision => !rule.IdleFollows || decision.Step != CleanupStep.Skip);
        return new CleanupPlan(
            shown.ConvertAll(decision => decision.Step == CleanupStep.Skip || allowed.Contains(decision) || (decision.Step == CleanupStep.Warn && !isHeld)
                ? decision
                : decision with { Step = CleanupStep.Skip, Reason = refusal }),
            0,
            0,
            IsOutage: false,
            input.DamagedStore)
        {
            MostActs = most,
            ActLimit = most < limits.MaxActions ? CleanupReason.MaxActionPercent : CleanupReason.MaxActions,
        };
    }

    /// <summary>Returns the reason not to carry a decision out after the second look; null when it still holds.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="seen">The instance as it is now; null when it does not exist any more.</param>
    /// <param name="note">The note as it is now; null when there is none.</param>
    /// <param name="now">The present time.</param>
    public static CleanupReason? Objection(CleanupDecision decision, Instance? seen, InstanceNote? note, DateTimeOffset now)
    {
        if (seen is null || InstanceStatus.Is(seen.Status, InstanceStatus.Terminated))
            return CleanupReason.AlreadyDone;
        switch (decision.Reason)
        {
            case CleanupReason.Expired when note is null || !(note.ExpiresAt <= now) || (note.AtExpiry == ExpiryAction.Remove) != (decision.Step == CleanupStep.Remove):
            case CleanupReason.OffHours when note is null || OffHoursOf(note) != OffHoursOf(decision.Candidate.Note!):
            case CleanupReason.OffHoursOver when note?.StoppedForOffHoursOf is null:
                return CleanupReason.NoteChanged;
        }
        bool isStopped = InstanceStatus.Is(seen.Status, InstanceStatus.Stopped);
        return decision.Step switch
        {
            CleanupStep.Stop when isStopped => CleanupReason.AlreadyDone,
            CleanupStep.Start when InstanceStatus.Is(seen.Status, InstanceStatus.Running) => CleanupReason.AlreadyDone,
            // An instance that was started again since the list, in the off hours, was started on purpose.
            CleanupStep.Stop when decision.Reason == CleanupReason.OffHours && seen.StartedAt != decision.Candidate.Instance.StartedAt => CleanupReason.NoLongerIdle,
            CleanupStep.Start when !isStopped => CleanupReason.NoLongerStopped,
            _ => null,
        };
    }

    /// <summary>Returns the tag with the off hours; null without one.</summary>
    public static string? OffHoursOf(InstanceNote note) => note.Tags.FirstOrDefault(static tag => string.Equals(tag.Key, OffHoursTag, StringComparison.OrdinalIgnoreCase)).Value;

    private static CleanupDecision Decide(CleanupCandidate candidate, CleanupRule limits, LifetimeRule rule, CleanupInput input, Action<string, string> onWrongTag)
    {
        InstanceNote? note = candidate.Note;
        Instance instance = candidate.Instance;
        if (limits.Excludes(instance))
            return Skip(CleanupReason.Excluded);
        if (candidate.IsProtected)
            return Skip(CleanupReason.Protected);
        if (InstanceStatus.IsFinal(instance.Status))
            return Skip(CleanupReason.NotRunning);
        if (note?.ExpiresAt <= input.Now)
            return Expired(candidate, note!, input);
        if (candidate.IsOverBudget && InstanceStatus.Is(instance.Status, InstanceStatus.Running))
            return new CleanupDecision(candidate, CleanupStep.Stop, CleanupReason.OverBudget);
        if (note is not null && OffHoursOf(note) is { } tag)
        {
            if (OffHoursRule.Parse(tag, rule.Zone, out string? wrong) is not { } hours)
                onWrongTag(instance.Id, wrong!);
            else if (ByOffHours(candidate, note, hours, rule, input.Now) is { } decision && ByOffHours(candidate, note, hours, rule, ByServer(input))?.Step == decision.Step)
                return decision;
        }
        if (note?.ExpiresAt is not { } end)
            return Skip(CleanupReason.NoLifetime);
        // A stop changes nothing for a stopped instance, so that there is nothing to warn of.
        bool isDue = end - input.Now <= rule.WarnBefore && rule is { CanWarn: true, WarnBefore.Ticks: > 0 } && (note.AtExpiry == ExpiryAction.Remove || !InstanceStatus.Is(instance.Status, InstanceStatus.Stopped));
        return isDue && !note.WasWarned ? new CleanupDecision(candidate, CleanupStep.Warn, CleanupReason.ExpiryNear) : Skip(CleanupReason.NotExpired);

        CleanupDecision Skip(CleanupReason reason) => new(candidate, CleanupStep.Skip, reason);
    }

    private static CleanupDecision Expired(CleanupCandidate candidate, InstanceNote note, CleanupInput input)
    {
        string? status = candidate.Instance.Status;
        if (InstanceStatus.Is(status, InstanceStatus.Terminating))
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.NotRunning);
        if (note.AtExpiry == ExpiryAction.Remove)
        {
            // A disk is not deleted by a clock that is known to be wrong.
            return input.ClockSkew is null || CleanupPlanner.AgreesWith(input.ClockSkew)
                ? new CleanupDecision(candidate, CleanupStep.Remove, CleanupReason.Expired)
                : new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.ClockUnsure);
        }
        if (InstanceStatus.Is(status, InstanceStatus.Stopped))
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.AlreadyStopped);
        if (InstanceStatus.Is(status, InstanceStatus.Stopping))
            return new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.NotRunning);
        // This machine's clock may be ahead, as it is before it is set after a start. By the server's clock the work still has its time.
        return note.ExpiresAt <= ByServer(input)
            ? new CleanupDecision(candidate, CleanupStep.Stop, CleanupReason.Expired)
            : new CleanupDecision(candidate, CleanupStep.Skip, CleanupReason.ClockUnsure);
    }

    /// <summary>Returns the time by the server's clock when it differs from this machine's; otherwise this machine's.</summary>
    private static DateTimeOffset ByServer(CleanupInput input) =>
        input.ClockSkew is { } skew && !CleanupPlanner.AgreesWith(skew) ? input.Now + skew : input.Now;

    private static CleanupDecision? ByOffHours(CleanupCandidate candidate, InstanceNote note, OffHoursRule hours, LifetimeRule rule, DateTimeOffset now)
    {
        OffHoursPeriod? period = hours.At(now);
        if (period is not null)
        {
            return InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Running) && period.Stops(candidate.Instance.StartedAt)
                ? new CleanupDecision(candidate, CleanupStep.Stop, CleanupReason.OffHours) { OffHours = period }
                : null;
        }
        return rule.StartsAfterOffHours && note.StoppedForOffHoursOf is not null && InstanceStatus.Is(candidate.Instance.Status, InstanceStatus.Stopped)
            ? new CleanupDecision(candidate, CleanupStep.Start, CleanupReason.OffHoursOver)
            : null;
    }

    /// <summary>Selects the acts to carry out: expired instances first, then those of exceeded budgets, then off hours; starts last. Of each kind, the most expensive first.</summary>
    private static HashSet<CleanupDecision> MostUrgent(List<CleanupDecision> decisions, int count) => new(decisions
        .Where(static decision => decision.IsAct)
        .OrderBy(static decision => decision.Reason switch { CleanupReason.Expired => 0, CleanupReason.OverBudget => 1, CleanupReason.OffHours => 2, _ => 3 })
        .ThenByDescending(static decision => InstanceStatus.IsBurning(decision.Candidate.Instance.Status) ? decision.Candidate.Instance.CostPerHour ?? -1 : -2)
        .Take(count));
}
