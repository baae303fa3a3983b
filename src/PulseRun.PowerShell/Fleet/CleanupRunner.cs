using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Runs one cleanup: lists the fleet, takes readings, plans, and acts. The decisions are made in Core; this class verifies right before each act that its decision still holds.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="idle">The rule that decides what is idle.</param>
/// <param name="rule">The rule that limits what the cleanup may do.</param>
/// <param name="audit">The audit file; null for none.</param>
/// <param name="auditLevel">The decisions that are written to the audit file.</param>
/// <param name="requests">The number of requests that the run may send.</param>
/// <param name="throttle">The number of readings that are taken concurrently.</param>
internal sealed class CleanupRunner(ConnectedCmdlet cmdlet, Context context, IdleRule idle, CleanupRule rule, IAuditLog? audit, CleanupAuditLevel auditLevel, int requests, int throttle) : IDisposable
{
    /// <summary>The number of second looks, each followed by its act, that run concurrently. More would use up a small rate limit before the acts are admitted, and the looks would expire.</summary>
    private const int PairsAtOnce = 4;

    /// <summary>The number of second looks for one act: after a failed act the look is repeated.</summary>
    private const int MostLooks = 4;

    private static readonly TimeSpan s_beforeNextLook = TimeSpan.FromSeconds(0.5);

    private readonly Guid _run = Guid.NewGuid();
    private readonly IdleSampler _sweep = new(cmdlet, context, idle, throttle);
    private readonly SemaphoreSlim _pairs = new(PairsAtOnce);
    private int _spare;
    private int _auditFailed;

    /// <summary>Plans on the pipeline thread, and writes what is to be known of the plan: that the history is still too short, damage of the store, an outage of the metrics. Returns null when the plan failed; its error is written.</summary>
    public CleanupPlan? Plan(TimeSpan jitter)
    {
        CleanupPlan? plan = null;
        cmdlet.Runner.RunToEnd(async cancel => plan = await PlanAsync(jitter, cancel).ConfigureAwait(false), context.BaseUri);
        if (plan is null)
            return null;
        if (WarmUp.Describe(plan.Decisions.Select(static decision => decision.Candidate.Verdict).OfType<IdleVerdict>(), idle, context.UtcNow, TimeZoneInfo.Local) is { } warmUp)
            cmdlet.WriteWarning(warmUp);
        if (plan.Damage is { } damage)
            cmdlet.Runner.Report(damage, context.BaseUri);
        if (plan.Outage is { } outage)
            cmdlet.Runner.Report(outage, context.BaseUri);
        return plan;
    }

    /// <summary>Lists the fleet, takes the readings and decides.</summary>
    private async Task<CleanupPlan> PlanAsync(TimeSpan jitter, CancellationToken cancel)
    {
        cmdlet.Store.TryUse(store => store.Cleanups.Begin(_run));
        DateTimeOffset listedAt = context.UtcNow;
        IReadOnlyList<Instance> fleet = await _sweep.ListAsync(cancel).ConfigureAwait(false);
        Memory memory = Recall(fleet);

        List<Instance> running = fleet.Where(instance => rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Running)).ToList();
        RequestShare share = RequestShare.Divide(requests - 1, running.Count, PossibleActs(fleet, running, memory));
        IReadOnlyList<Instance> asked = SamplingOrder.First(running, memory.LastRead, share.Readings);
        if (asked.Count < running.Count)
            cmdlet.Runner.Observer.Verbose(running.Count - asked.Count + " running instances are not read this time: there are " + share.Readings + " requests for readings, and " + share.Acts * RequestShare.PerAct + " are kept for acts.");
        HashSet<string> unread = await _sweep.ReadAsync(asked, jitter, null, cancel).ConfigureAwait(false);

        var askedIds = new HashSet<string>(asked.Select(static one => one.Id), StringComparer.Ordinal);
        fleet = StoppedByOthers(fleet, unread, listedAt);
        int left = share.Acts * RequestShare.PerAct + share.Spare;
        CleanupPlan plan = Decide(fleet, askedIds, unread, memory, left / RequestShare.PerAct);
        if (plan.IsOutage)
        {
            // An instance that was stopped or removed after the list has no metrics either, which is no outage. One more list distinguishes the two.
            fleet = Latest(fleet, await _sweep.ListAsync(cancel).ConfigureAwait(false), unread);
            plan = Decide(fleet, askedIds, unread, memory, --left / RequestShare.PerAct);
        }
        _spare = left - plan.Decisions.Count(static decision => decision.Step != CleanupStep.Skip) * RequestShare.PerAct;
        return plan;
    }

    /// <summary>Carries a decision out, and writes it to the audit file.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="declined">The reason why the user declined the act; null when the user agreed.</param>
    /// <param name="isWhatIf">True when -WhatIf is in effect: nothing is sent.</param>
    /// <param name="observer">Receives notifications about the requests.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<CleanupAction> RunAsync(CleanupDecision decision, CleanupReason? declined, bool isWhatIf, ICallObserver observer, CancellationToken cancel)
    {
        CleanupAction action = declined is { } reason ? decision.Skipped(context.UtcNow, reason)
            : decision.Step == CleanupStep.Skip || isWhatIf ? decision.WouldBe(context.UtcNow)
            : await ActAsync(decision, observer, cancel).ConfigureAwait(false);
        if (auditLevel == CleanupAuditLevel.All || decision.Step != CleanupStep.Skip)
            TryAudit(CleanupAuditLine.From(action, _run), "The decision on " + action.Id + " (" + action.Action + ") is missing from the audit file.", action);
        return action;
    }

    /// <summary>Marks the run as ended, so that it no longer limits other cleanups on this store.</summary>
    public void Dispose()
    {
        cmdlet.Store.TryUse(store => store.Cleanups.End(_run));
        _pairs.Dispose();
    }

    private Memory Recall(IReadOnlyList<Instance> fleet)
    {
        var memory = new Memory();
        memory.IsThere = cmdlet.Store.TryUse(store =>
        {
            memory.LastRead = store.History.LastRead(context.Account);
            memory.Protections = store.Protections.Get(context.UtcNow);
            // Read last, because damage of the file may be discovered only by the reads above.
            memory.Damaged = store.Damaged;
            // If the states of this list were not recorded, the recorded history of stopped instances is not up to date.
            if (rule.RemoveStoppedAfter is not null && _sweep.StatesAreRecorded && fleet.Count > 0)
                memory.StoppedSince = store.History.StoppedSince(context.Account, rule.LongestUnseen);
        });
        return memory;
    }

    /// <summary>Returns the largest number of acts that this run can need: instances that are idle if their next reading is, and instances to remove.</summary>
    private int PossibleActs(IReadOnlyList<Instance> fleet, List<Instance> running, Memory memory)
    {
        if (!memory.IsThere || memory.Damaged is not null)
            return 0;
        int most = Math.Min(rule.MaxActions, fleet.Count);
        // If there are enough requests for everything, the history need not be read for this estimate.
        if (requests - 1 >= running.Count + most * (long)RequestShare.PerAct)
            return most;
        DateTimeOffset now = context.UtcNow;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = _sweep.Recorded(running);
        var resting = new Reading(now, 0, null, 0, false, null);
        int stops = running.Count(instance => IsFree(instance, memory)
            && windows.TryGetValue(instance.Id, out IReadOnlyList<Reading>? readings)
            && IdleDecision.Decide(instance, [.. readings, resting], idle, now).Verdict == Verdict.Idle);
        int removals = fleet.Count(instance => IsFree(instance, memory) && rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Stopped)
            && memory.StoppedSince.TryGetValue(instance.Id, out DateTimeOffset since) && now - since >= rule.RemoveStoppedAfter);
        return Math.Min(rule.MaxActions, stops + removals);
    }

    private bool IsFree(Instance instance, Memory memory) => !memory.Protections.ContainsKey(instance.Id) && !rule.Excludes(instance);

    private CleanupPlan Decide(IReadOnlyList<Instance> fleet, HashSet<string> asked, HashSet<string> unread, Memory memory, int affordable)
    {
        List<Instance> running = fleet.Where(instance => rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Running)).ToList();
        Dictionary<string, IdleVerdict> verdicts = [];
        foreach (IdleVerdict verdict in _sweep.Judge(running, unread))
            verdicts[verdict.Id] = verdict;
        return CleanupPlanner.Plan(
            fleet.Select(instance => new CleanupCandidate(instance)
            {
                Verdict = verdicts.TryGetValue(instance.Id, out IdleVerdict? verdict) ? verdict : null,
                WasAsked = asked.Contains(instance.Id),
                // If the protections cannot be read, every instance counts as protected.
                IsProtected = !memory.IsThere || memory.Protections.ContainsKey(instance.Id),
                StoppedSince = memory.StoppedSince.TryGetValue(instance.Id, out DateTimeOffset since) ? since : null,
            }),
            rule,
            new CleanupInput(context.UtcNow) { AffordableActs = Math.Max(0, affordable), ClockSkew = Connection.Of(context).Client.ClockSkew, DamagedStore = memory.Damaged });
    }

    /// <summary>Returns the unread instances that another process with this store stopped after the list.</summary>
    private IReadOnlyList<Instance> StoppedByOthers(IReadOnlyList<Instance> fleet, HashSet<string> unread, DateTimeOffset listedAt)
    {
        if (unread.Count == 0)
            return fleet;
        IReadOnlyDictionary<string, RecordedState> states = new Dictionary<string, RecordedState>();
        cmdlet.Store.TryUse(store => states = store.History.CurrentStates(context.Account));
        return fleet.Select(instance => unread.Contains(instance.Id)
                && states.TryGetValue(instance.Id, out RecordedState? state) && state.LastSeen >= listedAt && !InstanceStatus.Is(state.Status, InstanceStatus.Running)
            ? instance.WithStatus(state.Status ?? InstanceStatus.Terminated)
            : instance).ToList();
    }

    private static List<Instance> Latest(IReadOnlyList<Instance> fleet, IReadOnlyList<Instance> again, HashSet<string> unread)
    {
        var now = new Dictionary<string, Instance>(StringComparer.Ordinal);
        foreach (Instance instance in again)
            now[instance.Id] = instance;
        return fleet.Select(instance => !unread.Contains(instance.Id) ? instance
            : now.TryGetValue(instance.Id, out Instance? latest) ? latest
            : instance.WithStatus(InstanceStatus.Terminated)).ToList();
    }

    private async Task<CleanupAction> ActAsync(CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        Instance instance = decision.Candidate.Instance;
        await _pairs.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await LookAndActAsync(decision, instance, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, instance);
            return decision.Failed(context.UtcNow, error);
        }
        finally
        {
            _pairs.Release();
        }
    }

    /// <summary>Takes the second look, checks what may forbid the act, and sends the act within seconds of the look. If the act fails, starts again with the look.</summary>
    private async Task<CleanupAction> LookAndActAsync(CleanupDecision decision, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        bool wasSent = false;
        for (int look = 1; ; look++)
        {
            if (Hold() is { } held)
                return decision.Skipped(context.UtcNow, held);
            var window = new ActWindow(ActWindow.ForCleanup);
            (CleanupReason? objection, Instance? seen) = decision.Step == CleanupStep.Stop
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
            PulseRunException failure;
            try
            {
                Instance now = decision.Step == CleanupStep.Stop
                    ? await Connection.Of(context).Client.StopAsync(instance.Id, instance, window, observer, cancel).ConfigureAwait(false)
                    : await Connection.Of(context).Client.RemoveAsync(instance.Id, instance, window, observer, cancel).ConfigureAwait(false);
                cmdlet.Store.TryUse(store =>
                {
                    DateTimeOffset at = context.UtcNow;
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
    private CleanupReason? Hold() => Volatile.Read(ref _auditFailed) != 0 ? CleanupReason.AuditFailed : null;

    /// <summary>Returns the reason why the act may not be sent. When it may, counts the act, writes its intent to the audit file and returns null.</summary>
    private CleanupReason? MayNotAct(CleanupDecision decision, Instance instance)
    {
        bool isGranted = false, isProtected = false, isDamaged = false;
        if (!cmdlet.Store.TryUse(store => isGranted = store.Cleanups.TryAct(_run, instance.Id, rule.MaxActions)))
            return CleanupReason.StoreUnavailable;
        if (!isGranted)
            return CleanupReason.MaxActions;
        if (!TryAudit(CleanupAuditLine.Before(decision, context.UtcNow, _run), "No further instance is stopped or removed, because an act that cannot be written to the audit file is not carried out.", instance))
            return CleanupReason.AuditFailed;
        // Checked last, so that a new protection can be missed only while the request itself is under way.
        bool remembers = cmdlet.Store.TryUse(store =>
        {
            isProtected = store.Protections.Get(context.UtcNow).ContainsKey(instance.Id);
            isDamaged = store.Damaged is not null;
        });
        return !remembers || isDamaged ? CleanupReason.StoreUnavailable
            : isProtected ? CleanupReason.Protected
            : null;
    }

    private void Release(Instance instance, bool wasSent)
    {
        if (!wasSent)
            cmdlet.Store.TryUse(store => store.Cleanups.Release(_run, instance.Id));
    }

    private async Task<(CleanupReason? Objection, Instance? Seen)> ObjectionToStopAsync(Instance instance, ActWindow window, ICallObserver observer, CancellationToken cancel)
    {
        HashSet<string> unread = await _sweep.ReadAsync([instance], TimeSpan.Zero, window, cancel).ConfigureAwait(false);
        CleanupReason? objection = CleanupPlanner.ObjectionToStop(_sweep.Judge([instance], unread)[0]);
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

    /// <summary>Writes a line to the audit file, and returns false when that fails. The first failure is reported as an error and ends all acts; further failures are not reported, because they have the same cause.</summary>
    private bool TryAudit(CleanupAuditLine line, string consequence, object target)
    {
        if (audit is null)
            return true;
        try
        {
            audit.Append([line]);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            if (Interlocked.Exchange(ref _auditFailed, 1) == 0)
                cmdlet.Runner.PostError(new PulseRunException(ErrorIds.JournalUnavailable, consequence + " " + error.Message), target);
            return false;
        }
    }

    /// <summary>Holds the part of the local store that a plan needs.</summary>
    private sealed class Memory
    {
        public bool IsThere { get; set; }

        public string? Damaged { get; set; }

        public IReadOnlyDictionary<string, DateTimeOffset> LastRead { get; set; } = new Dictionary<string, DateTimeOffset>();

        public IReadOnlyDictionary<string, Protection> Protections { get; set; } = new Dictionary<string, Protection>();

        public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince { get; set; } = new Dictionary<string, DateTimeOffset>();
    }
}
