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

/// <summary>One cleanup: lists, reads, plans, and acts. What is to be done is decided in Core; here it is made sure that it is still true when it is done.</summary>
/// <param name="cmdlet">The cmdlet: its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="idle">What counts as idle.</param>
/// <param name="rule">How far the cleanup may go.</param>
/// <param name="audit">Where decisions are written down; null for nowhere.</param>
/// <param name="auditLevel">Which decisions are written down.</param>
/// <param name="requests">How many requests the run may take.</param>
/// <param name="throttle">How many readings at once.</param>
internal sealed class CleanupRunner(ConnectedCmdlet cmdlet, Context context, IdleRule idle, CleanupRule rule, IAuditLog? audit, CleanupAuditLevel auditLevel, int requests, int throttle) : IDisposable
{
    /// <summary>More second looks at once would use up a scarce limit before the acts get their turn, and grow old.</summary>
    private const int PairsAtOnce = 4;

    /// <summary>How often the second look is taken for one act.</summary>
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
            // What was stopped or removed since the list gives no metrics either, and is no outage: one more list tells.
            fleet = Latest(fleet, await _sweep.ListAsync(cancel).ConfigureAwait(false), unread);
            plan = Decide(fleet, askedIds, unread, memory, --left / RequestShare.PerAct);
        }
        _spare = left - plan.Decisions.Count(static decision => decision.Step != CleanupStep.Skip) * RequestShare.PerAct;
        return plan;
    }

    /// <summary>Does what was decided, and writes it down.</summary>
    /// <param name="decision">What to do.</param>
    /// <param name="declined">Why a person does not want it; null when it is agreed.</param>
    /// <param name="isWhatIf">True when nothing may be done.</param>
    /// <param name="observer">Receives notifications about the requests.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<CleanupAction> RunAsync(CleanupDecision decision, CleanupReason? declined, bool isWhatIf, ICallObserver observer, CancellationToken cancel)
    {
        CleanupAction action = declined is { } reason ? decision.Skipped(context.UtcNow, reason)
            : decision.Step == CleanupStep.Skip || isWhatIf ? decision.WouldBe(context.UtcNow)
            : await ActAsync(decision, observer, cancel).ConfigureAwait(false);
        if (auditLevel == CleanupAuditLevel.All || decision.Step != CleanupStep.Skip)
            TryAudit(CleanupAuditLine.From(action, _run), action.Id + ": " + action.Action + ", and not written down.", action);
        return action;
    }

    /// <summary>Ends the run for other cleanups on this store.</summary>
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
            // After damage that only reading these has shown.
            memory.Damaged = store.Damaged;
            // Without this look on record, the last one may be longer ago than it seems.
            if (rule.RemoveStoppedAfter is not null && _sweep.StatesAreRecorded && fleet.Count > 0)
                memory.StoppedSince = store.History.StoppedSince(context.Account, rule.LongestUnseen);
        });
        return memory;
    }

    /// <summary>How many acts this run may come to: what would be idle if its next reading were, and what would be removed.</summary>
    private int PossibleActs(IReadOnlyList<Instance> fleet, List<Instance> running, Memory memory)
    {
        if (!memory.IsThere || memory.Damaged is not null)
            return 0;
        int most = Math.Min(rule.MaxActions, fleet.Count);
        // With requests for everything, the history need not be read twice.
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
                // Where the list of protections cannot be read, nothing counts as unprotected.
                IsProtected = !memory.IsThere || memory.Protections.ContainsKey(instance.Id),
                StoppedSince = memory.StoppedSince.TryGetValue(instance.Id, out DateTimeOffset since) ? since : null,
            }),
            rule,
            new CleanupInput(context.UtcNow) { AffordableActs = Math.Max(0, affordable), ClockSkew = Connection.Of(context).Client.ClockSkew, DamagedStore = memory.Damaged });
    }

    /// <summary>Another process with this store may have stopped, since the list, what gave no reading.</summary>
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

    /// <summary>Looks once more, checks what may forbid the act, and sends it within seconds of the look. When that did not work out, begins again with the look.</summary>
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
                    observer.Warning(instance.Id + " is left alone: a second look found it " + (reason == CleanupReason.NoLongerIdle ? "not idle." : "not stopped as before."));
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
                cmdlet.Store.TryUse(store => store.History.RecordStates(context.Account, [now], complete: false, context.UtcNow));
                return decision.Done(context.UtcNow, now);
            }
            catch (PulseRunException error) when (error.ErrorId is ErrorIds.RateLimited or ErrorIds.ServerError or ErrorIds.ConnectionFailed or ErrorIds.RequestTimeout)
            {
                failure = error;
            }
            // Refused by the rate limit is the one way to fail that says that nothing was done, and costs nothing.
            bool isRefused = failure.ErrorId == ErrorIds.RateLimited;
            wasSent |= !isRefused;
            if (look == MostLooks || Interlocked.Add(ref _spare, isRefused ? -1 : -RequestShare.PerAct) < 0)
            {
                if (wasSent)
                    throw failure;
                Release(instance, wasSent);
                observer.Verbose(instance.Id + " is left to the next run. " + failure.Message);
                return decision.Skipped(context.UtcNow, CleanupReason.LookTooOld);
            }
            observer.Verbose(instance.Id + " is looked at once more before anything is sent again. " + failure.Message);
            if (!isRefused)
                await Task.Delay(new TimeSpan(s_beforeNextLook.Ticks * look), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What ends all acting, asked before a request is spent on a look.</summary>
    private CleanupReason? Hold() => Volatile.Read(ref _auditFailed) != 0 ? CleanupReason.AuditFailed : null;

    /// <summary>Returns why the act may not be sent; null when it may, and then it is counted and its intent is on the disk.</summary>
    private CleanupReason? MayNotAct(CleanupDecision decision, Instance instance)
    {
        bool isGranted = false, isProtected = false, isDamaged = false;
        if (!cmdlet.Store.TryUse(store => isGranted = store.Cleanups.TryAct(_run, instance.Id, rule.MaxActions)))
            return CleanupReason.StoreUnavailable;
        if (!isGranted)
            return CleanupReason.MaxActions;
        if (!TryAudit(CleanupAuditLine.Before(decision, context.UtcNow, _run), "Nothing more is stopped or removed: what cannot be written down is not done.", instance))
            return CleanupReason.AuditFailed;
        // Last of all: the time in which a protection could come too late is that of the request alone.
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
        // No reading is what a stopped instance gives: another cleanup may have come first. The request takes the place of the stop.
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

    /// <summary>Writes a line. The first one that cannot be written is an error, and ends the acting; the others would all fail the same way.</summary>
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

    /// <summary>What this machine remembers, as far as a plan needs it.</summary>
    private sealed class Memory
    {
        public bool IsThere { get; set; }

        public string? Damaged { get; set; }

        public IReadOnlyDictionary<string, DateTimeOffset> LastRead { get; set; } = new Dictionary<string, DateTimeOffset>();

        public IReadOnlyDictionary<string, Protection> Protections { get; set; } = new Dictionary<string, Protection>();

        public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince { get; set; } = new Dictionary<string, DateTimeOffset>();
    }
}
