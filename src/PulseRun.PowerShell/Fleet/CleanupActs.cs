using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Carries out the decisions of one run, and verifies right before each act that its decision still holds: the command of -BeforeStop, the probe, the second look, the act, the notification.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="run">Identifies the run.</param>
/// <param name="plan">The plan, for its limits.</param>
/// <param name="sweep">Takes the second look at an instance to stop.</param>
/// <param name="steps">The optional steps around a stop.</param>
/// <param name="warnings">The warnings; null when none is needed before a stop.</param>
/// <param name="audit">The audit file.</param>
/// <param name="spare">The number of requests left for second looks that have to be repeated.</param>
/// <param name="notes">Checks and records acts by notes; null when there are none.</param>
internal sealed class CleanupActs(ConnectedCmdlet cmdlet, Context context, Guid run, CleanupPlan plan, IdleSampler sweep, CleanupSteps steps, CleanupWarnings? warnings, CleanupAudit audit, int spare, NoteActs? notes = null) : IDisposable
{
    /// <summary>The number of second looks, each followed by its act, that run concurrently. More would use up a small rate limit before the acts are admitted, and the looks would expire.</summary>
    private const int PairsAtOnce = 4;

    /// <summary>The number of second looks for one act: after a failed act the look is repeated.</summary>
    private const int MostLooks = 4;

    private static readonly TimeSpan s_beforeNextLook = TimeSpan.FromSeconds(0.5);

    /// <summary>The time, beyond that of the command of -BeforeStop, for which the claim of an instance holds.</summary>
    private static readonly TimeSpan s_afterHook = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _pairs = new(PairsAtOnce);
    private int _spare = spare;

    /// <summary>Stops or removes the instance of a decision, if the decision still holds.</summary>
    public async Task<CleanupAction> RunAsync(CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        CleanupAction action = await PrepareAndActAsync(decision, observer, cancel).ConfigureAwait(false);
        if (action.Action is CleanupOutcome.Stopped or CleanupOutcome.Removed or CleanupOutcome.Started)
        {
            warnings?.End(action.Instance);
            notes?.Record(decision, action.Time);
            await NotifyAsync(decision, action, observer, cancel).ConfigureAwait(false);
        }
        return action;
    }

    public void Dispose() => _pairs.Dispose();

    private async Task<CleanupAction> PrepareAndActAsync(CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        Instance instance = decision.Candidate.Instance;
        bool isClaimed = false;
        try
        {
            if (decision.Step == CleanupStep.Stop && steps.Hook is { } hook)
            {
                if (BeforeHook(instance, hook, ref isClaimed) is { } reason)
                    return decision.Skipped(context.UtcNow, reason);
                if (await hook.RunAsync(instance, observer, cancel).ConfigureAwait(false) is { } failure)
                {
                    // The instances whose lifetime has ended are acted on, whatever failed before.
                    if (!hook.StopsAnyway && decision.Reason != CleanupReason.Expired)
                    {
                        Release(instance, wasSent: false);
                        cmdlet.Runner.PostError(failure, instance);
                        return decision.Skipped(context.UtcNow, CleanupReason.HookFailed, failure);
                    }
                    observer.Warning(failure.Message + (hook.StopsAnyway ? " The cleanup continues, as -OnHookFailure requests." : " The instance is stopped anyway, because its lifetime has ended."));
                }
            }
            await _pairs.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return await LookAndActAsync(decision, instance, observer, cancel).ConfigureAwait(false);
            }
            finally
            {
                _pairs.Release();
            }
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, instance);
            return decision.Failed(context.UtcNow, error);
        }
        finally
        {
            if (isClaimed)
                cmdlet.Store.TryUse(store => store.Cleanups.ReleaseClaim(run, context.Account, instance.Id));
        }
    }

    /// <summary>Returns the reason not to run the command of -BeforeStop. Otherwise claims the instance and counts the act, so that the command does not run in vain, and returns null.</summary>
    private CleanupReason? BeforeHook(Instance instance, StopHook hook, ref bool isClaimed)
    {
        if (Hold() is { } held)
            return held;
        if (Forbidden(instance) is { } forbidden)
            return forbidden;
        bool isFree = false;
        bool isThere = cmdlet.Store.TryUse(store => isFree = store.Cleanups.TryClaim(run, context.Account, instance.Id, hook.Timeout + s_afterHook));
        isClaimed = isFree;
        return !isThere ? CleanupReason.StoreUnavailable
            : !isFree ? CleanupReason.InProgress
            : OverLimit(instance);
    }

    /// <summary>Asks the probe, takes the second look, checks what may forbid the act, and sends the act within seconds of the look. If the act fails, starts again.</summary>
    private async Task<CleanupAction> LookAndActAsync(CleanupDecision decision, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        bool wasSent = false;
        for (int look = 1; ; look++)
        {
            if (Hold() is { } held)
                return decision.Skipped(context.UtcNow, held);
            // Probes run before the look, so that their time does not make the look stale.
            if (decision.Step == CleanupStep.Stop && !decision.IsByNote && steps.Witness is { } witness && await witness.CheckAsync(decision.Candidate.Verdict!, observer, cancel).ConfigureAwait(false) is { Verdict: not Verdict.Idle } probed)
            {
                Release(instance, wasSent);
                if (probed.Verdict == Verdict.Active)
                    warnings?.End(instance);
                return decision.Skipped(context.UtcNow, CleanupReason.ProbeObjected, probed);
            }
            var window = new ActWindow(ActWindow.ForCleanup);
            (CleanupReason? objection, Instance? seen) = decision.IsByNote
                ? await notes!.LookAsync(decision, window, observer, cancel).ConfigureAwait(false)
                : decision.Step == CleanupStep.Stop
                ? await ObjectionToStopAsync(instance, window, observer, cancel).ConfigureAwait(false)
                : await ObjectionToRemoveAsync(instance, window, observer, cancel).ConfigureAwait(false);
            if (objection == CleanupReason.AlreadyDone && wasSent)
                return decision.Done(context.UtcNow, seen ?? instance.WithStatus(InstanceStatus.Terminated));
            if (objection is { } reason)
            {
                Release(instance, wasSent);
                if (reason is CleanupReason.NoLongerIdle or CleanupReason.NoLongerStopped)
                    observer.Warning(instance.Id + " was not changed: a second look found it " + (reason == CleanupReason.NoLongerIdle ? "not idle." : "no longer stopped."));
                return decision.Skipped(context.UtcNow, reason);
            }
            if (MayNotAct(decision, instance) is { } forbidden)
            {
                Release(instance, wasSent);
                return decision.Skipped(context.UtcNow, forbidden);
            }
            window.IsStillGranted = () => IsStillGranted(instance);
            PulseRunException failure;
            try
            {
                IPulseRunClient client = Connection.Of(context).Client;
                Instance now = await (decision.Step switch
                {
                    CleanupStep.Stop => client.StopAsync(instance.Id, instance, window, observer, cancel),
                    CleanupStep.Start => client.StartAsync(instance.Id, instance, window, observer, cancel),
                    _ => client.RemoveAsync(instance.Id, instance, window, observer, cancel),
                }).ConfigureAwait(false);
                cmdlet.Store.TryUse(store =>
                {
                    DateTimeOffset at = context.UtcNow;
                    store.Cleanups.Finish(run, now.Id, decision.Step.ToString());
                    store.History.RecordStates(context.Account, [now], complete: false, at);
                    if (decision.Step == CleanupStep.Stop)
                        store.Cleanups.RecordStop(context.Account, now.Id, at);
                });
                return decision.Done(context.UtcNow, now);
            }
            catch (PulseRunException error) when (error.ErrorId is ErrorIds.RateLimited or ErrorIds.ServerError or ErrorIds.ConnectionFailed or ErrorIds.RequestTimeout)
            {
                failure = error;
            }
            // A rejection by the rate limit is the only failure that proves that nothing was done and that uses no request.
            bool isRefused = failure.ErrorId == ErrorIds.RateLimited;
            wasSent |= !isRefused;
            if (look == MostLooks || Interlocked.Add(ref _spare, isRefused ? -1 : -RequestShare.PerAct) < 0)
            {
                if (wasSent)
                    throw failure;
                Release(instance, wasSent);
                observer.Verbose(instance.Id + " was not changed; the next run tries again. " + failure.Message);
                return decision.Skipped(context.UtcNow, CleanupReason.LookTooOld);
            }
            observer.Verbose(instance.Id + " is read once more before the act is repeated. " + failure.Message);
            if (!isRefused)
                await Task.Delay(new TimeSpan(s_beforeNextLook.Ticks * look), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the reason why no further act is sent; null when acts may be sent. Checked before a request is spent on a look.</summary>
    private CleanupReason? Hold() => audit.HasFailed ? CleanupReason.AuditFailed : null;

    /// <summary>Returns the reason why the act may not be sent. When it may, counts the act, writes its intent to the audit file and returns null.</summary>
    private CleanupReason? MayNotAct(CleanupDecision decision, Instance instance)
    {
        if (OverLimit(instance, decision.Step) is { } limit)
            return limit;
        if (!audit.TryWrite(CleanupAuditLine.Before(decision, context.UtcNow, run), "No further instance is stopped or removed, because an act that cannot be written to the audit is not carried out.", instance))
            return CleanupReason.AuditFailed;
        // Protections are checked last, so that a new one can be missed only while the request itself is under way.
        return Forbidden(instance);
    }

    /// <summary>Counts the act, and returns null; the reason when the limit of acts is reached.</summary>
    private CleanupReason? OverLimit(Instance instance, CleanupStep step = CleanupStep.Stop)
    {
        bool isGranted = false;
        return !cmdlet.Store.TryUse(store => isGranted = store.Cleanups.TryAct(run, instance.Id, plan.MostActs, step.ToString())) ? CleanupReason.StoreUnavailable
            : isGranted ? null
            : plan.ActLimit;
    }

    /// <summary>Returns true when the store still grants the act, by the clock of the store: this machine may have slept since.</summary>
    private bool IsStillGranted(Instance instance)
    {
        bool isGranted = false;
        return cmdlet.Store.TryUse(store => isGranted = store.Cleanups.IsGranted(run, instance.Id, ActWindow.ForCleanup)) && isGranted;
    }

    /// <summary>Returns the reason why the local store forbids to act on an instance; null when it does not.</summary>
    private CleanupReason? Forbidden(Instance instance)
    {
        bool isProtected = false, isDamaged = false;
        bool remembers = cmdlet.Store.TryUse(store =>
        {
            isProtected = store.Notes.Protections(context.UtcNow).ContainsKey(instance.Id) || ProtectedTag.Protects(store, context, instance.Id);
            // Read last, because damage of the file may be discovered only by the read above.
            isDamaged = store.Damaged is not null;
        });
        return !remembers || isDamaged ? CleanupReason.StoreUnavailable
            : isProtected ? CleanupReason.Protected
            : null;
    }

    private void Release(Instance instance, bool wasSent)
    {
        if (!wasSent)
            cmdlet.Store.TryUse(store => store.Cleanups.Release(run, instance.Id));
    }

    private async Task<(CleanupReason? Objection, Instance? Seen)> ObjectionToStopAsync(Instance instance, ActWindow window, ICallObserver observer, CancellationToken cancel)
    {
        HashSet<string> unread = await sweep.ReadAsync([instance], ReadingPlaces.AtOnce, window, cancel).ConfigureAwait(false);
        IdleVerdict verdict = sweep.Judge([instance], unread)[0];
        CleanupReason? objection = CleanupPlanner.ObjectionToStop(verdict) ?? warnings?.Objection(verdict);
        if (objection is null || unread.Count == 0)
            return (objection, null);
        // A stopped instance gives no reading, so another cleanup may have stopped it. The read of its state uses the request that was reserved for the stop.
        Instance? seen = await LookAsync(instance, window, observer, cancel).ConfigureAwait(false);
        return CleanupPlanner.IsStopped(seen) ? (CleanupReason.AlreadyDone, seen) : (objection, seen);
    }

    private async Task<(CleanupReason? Objection, Instance? Seen)> ObjectionToRemoveAsync(Instance instance, ActWindow window, ICallObserver observer, CancellationToken cancel)
    {
        Instance? seen = await LookAsync(instance, window, observer, cancel).ConfigureAwait(false);
        CleanupReason? objection = CleanupPlanner.ObjectionToRemove(instance, seen);
        return (objection is null && !CleanupPlanner.AgreesWith(Connection.Of(context).Client.ClockSkew) ? CleanupReason.ClockUnsure : objection, seen);
    }

    /// <summary>Returns the instance as it is now; null when it is gone.</summary>
    private async Task<Instance?> LookAsync(Instance instance, ActWindow window, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await Connection.Of(context).Client.GetAsync(instance.Id, window, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
        {
            return null;
        }
    }

    /// <summary>Notifies of an act that was carried out. A failure is a warning, because the act stands.</summary>
    private async Task NotifyAsync(CleanupDecision decision, CleanupAction action, ICallObserver observer, CancellationToken cancel)
    {
        if (steps.Notifier is not { } notifier)
            return;
        CleanupEventKind kind = action.Action switch { CleanupOutcome.Stopped => CleanupEventKind.Stopped, CleanupOutcome.Started => CleanupEventKind.Started, _ => CleanupEventKind.Removed };
        DateTimeOffset? since = decision.Candidate.Verdict?.IdleSince;
        if (decision.Candidate.Warning is { } warning && warning.Since < since)
            since = warning.Since;
        try
        {
            // The instance before the act has the price, which the answer to a stop may lack.
            var what = new CleanupEvent(kind, decision.Candidate.Instance) { Reason = decision.Reason, IdleSince = since, Time = action.Time };
            await notifier.SendAsync(Notice.Of(what), CleanupWarnings.Key(run.ToString("N") + action.Id, kind), observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            observer.Warning(error.Message);
        }
        catch (OperationCanceledException)
        {
            // The act was carried out, and its result must be returned.
        }
    }
}
