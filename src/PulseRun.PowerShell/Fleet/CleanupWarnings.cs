using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Warns before stops. The warnings are in the store, so that each run, in any process, continues where the last one ended.</summary>
internal sealed class CleanupWarnings(ConnectedCmdlet cmdlet, Context context, IdleRule idle, LadderRule rule, CleanupSteps steps, int throttle)
{
    /// <summary>The claim of a warning holds for this time, which is longer than its delivery with a repetition can take.</summary>
    private static readonly TimeSpan s_claim = TimeSpan.FromMinutes(2);

    private readonly IdleSampler _early = new(cmdlet, context, rule.ForWarning(idle), throttle);

    /// <summary>Returns the verdicts over -WarnAfter, by id.</summary>
    public IReadOnlyDictionary<string, IdleVerdict> Early(IReadOnlyList<Instance> running, ISet<string> unread)
    {
        Dictionary<string, IdleVerdict> verdicts = [];
        foreach (IdleVerdict verdict in _early.Judge(running, unread))
            verdicts[verdict.Id] = verdict;
        return verdicts;
    }

    /// <summary>Returns the recorded warnings by id, after those of spells that have ended were deleted. Empty when the store cannot be read: then nothing can be stopped.</summary>
    public IReadOnlyDictionary<string, IdleWarning> Follow(IReadOnlyDictionary<string, IdleVerdict> verdicts)
    {
        FollowedSpells? spells = null;
        cmdlet.Store.TryUse(store =>
        {
            IReadOnlyDictionary<string, IdleWarning> recorded = store.Warnings.Get(context.Account);
            FollowedSpells followed = Ladder.FollowAll(recorded, verdicts, context.UtcNow);
            store.Warnings.End(context.Account, followed.Ended);
            store.Warnings.Confirm(context.Account, followed.Confirmed);
            spells = followed;
        });
        return spells?.Present ?? new Dictionary<string, IdleWarning>();
    }

    /// <summary>Sends the warning of a decision, unless another process does.</summary>
    public async Task<CleanupAction> WarnAsync(CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        Instance instance = decision.Candidate.Instance;
        IdleVerdict verdict = decision.Candidate.Verdict is { Verdict: Verdict.Idle } proven ? proven : decision.Candidate.Early!;
        if (steps.Witness is { } witness)
        {
            IdleVerdict probed = await witness.CheckAsync(verdict, observer, cancel).ConfigureAwait(false);
            if (probed.Verdict == Verdict.Active)
                End(instance);
            if (probed.Verdict != Verdict.Idle)
                return decision.Skipped(context.UtcNow, CleanupReason.ProbeObjected, probed);
        }
        DateTimeOffset now = context.UtcNow;
        DateTimeOffset since = Earlier(verdict.IdleSince ?? now - verdict.LastSampleAge ?? now, decision.Candidate.Warning?.Since);
        WarningClaim claim = WarningClaim.Held;
        Guid spell = Guid.Empty;
        bool isStopped = false;
        bool isThere = cmdlet.Store.TryUse(store =>
        {
            // Another run may have stopped the instance, and ended its spell, after this run listed it.
            isStopped = store.History.CurrentStates(context.Account).TryGetValue(instance.Id, out RecordedState? state) && !InstanceStatus.Is(state.Status, InstanceStatus.Running);
            if (!isStopped)
                claim = store.Warnings.Claim(context.Account, instance.Id, since, LastReading(verdict) ?? now, s_claim, out spell);
        });
        if (!isThere)
            return decision.Skipped(now, CleanupReason.StoreUnavailable);
        if (isStopped)
            return decision.Skipped(now, CleanupReason.AlreadyDone);
        if (claim != WarningClaim.Granted)
            return decision.Skipped(now, CleanupReason.WarningPending);
        bool isDelivered = false;
        try
        {
            var what = new CleanupEvent(CleanupEventKind.Warning, instance) { Reason = CleanupReason.WarningDue, IdleSince = since, StopAt = Ladder.StopAt(rule, since, now), Time = now };
            await steps.Notifier!.SendAsync(Notice.Of(what), Key(spell.ToString("N"), what.Kind), observer, cancel).ConfigureAwait(false);
            DateTimeOffset at = context.UtcNow;
            // Without a record there is no stop, and the next run warns again.
            if (!cmdlet.Store.TryUse(store => isDelivered = store.Warnings.Delivered(context.Account, spell, at)))
                return decision.Skipped(at, CleanupReason.StoreUnavailable);
            return isDelivered ? decision.Warned(at) : decision.Skipped(at, CleanupReason.WarningPending);
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, instance);
            return decision.Failed(context.UtcNow, error);
        }
        finally
        {
            if (!isDelivered)
                cmdlet.Store.TryUse(store => store.Warnings.Release(context.Account, spell));
        }
    }

    /// <summary>Returns the reason why an instance may not be stopped by its latest verdict; null when it may.</summary>
    public CleanupReason? Objection(IdleVerdict verdict)
    {
        IdleWarning? warning = null;
        if (!cmdlet.Store.TryUse(store => store.Warnings.Get(context.Account).TryGetValue(verdict.Id, out warning)))
            return CleanupReason.StoreUnavailable;
        return Ladder.MayAct(rule, verdict, warning, context.UtcNow) ? null : CleanupReason.WarningPending;
    }

    /// <summary>Ends the spell of an instance, because it was stopped or is in use. The next spell needs a new warning.</summary>
    public void End(Instance instance) => cmdlet.Store.TryUse(store =>
    {
        if (store.Warnings.Get(context.Account).TryGetValue(instance.Id, out IdleWarning? warning))
            store.Warnings.End(context.Account, [warning.Spell]);
    });

    /// <summary>Returns the text that identifies an event, equal for every attempt to deliver it. Nothing can be derived from it.</summary>
    public static string Key(string subject, CleanupEventKind kind)
    {
        using SHA256 sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(subject + "\n" + kind));
        return BitConverter.ToString(hash, 0, 16).Replace("-", "").ToLowerInvariant();
    }

    private static DateTimeOffset? LastReading(IdleVerdict verdict) => verdict.JudgedAt - verdict.LastSampleAge;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;
}
