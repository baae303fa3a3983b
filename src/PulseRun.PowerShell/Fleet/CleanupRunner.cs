using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Notes;
using PulseRun.Core.Policy;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Runs one cleanup: lists the fleet, takes readings and plans. The decisions are made in Core; <see cref="CleanupActs"/> carries them out.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="idle">The rule that decides what is idle.</param>
/// <param name="rule">The rule that limits what the cleanup may do.</param>
/// <param name="audit">The audit file; null for none.</param>
/// <param name="auditLevel">The decisions that are written to the audit file.</param>
/// <param name="steps">The optional steps around a stop.</param>
/// <param name="requests">The number of requests that the run may send.</param>
/// <param name="throttle">The number of readings that are taken concurrently.</param>
/// <param name="lifetimes">The rule of lifetimes and off hours.</param>
internal sealed class CleanupRunner(ConnectedCmdlet cmdlet, Context context, IdleRule idle, CleanupRule rule, IAuditLog? audit, CleanupAuditLevel auditLevel, CleanupSteps steps, int requests, int throttle, LifetimeRule lifetimes) : IDisposable
{
    private readonly Guid _run = Guid.NewGuid();
    private readonly Policy? _policy = MachinePolicy.Read();
    private readonly IdleSampler _sweep = new(cmdlet, context, idle, throttle, steps.Reader);
    private readonly CleanupAudit _audit = new(cmdlet.Runner, audit, context.Account);
    private readonly CleanupWarnings? _warnings = rule.Ladder is { } ladder ? new CleanupWarnings(cmdlet, context, idle, ladder, steps, throttle) : null;
    private readonly ConcurrentQueue<CleanupAction> _actions = new();
    private readonly NoteActs _noteActs = new(cmdlet, context, steps);
    private CleanupActs? _acts;
    private CleanupActs? _dueActs;
    private IReadOnlyList<Instance> _fleet = [];
    private DateTimeOffset _listedAt;
    private Memory _memory = new();
    private int _requests = requests;
    private int _hasReportedLoss;

    /// <summary>Gets what the run did, in the order in which it ended.</summary>
    public IReadOnlyCollection<CleanupAction> Actions => _actions;

    /// <summary>Lists the fleet, on the pipeline thread, and plans what is due by lifetimes and off hours. Returns null when the list failed; its error is written.</summary>
    public CleanupPlan? PlanDue(bool isWhatIf)
    {
        if (lifetimes.IdleFollows)
            MachinePolicy.CheckIdleFor(_policy, idle.For);
        if (!cmdlet.Runner.RunToEnd(cancel => ListAsync(isWhatIf, cancel), context.BaseUri))
            return null;
        HashSet<string> over = OverBudget();
        CleanupPlan plan = LifetimePlanner.Plan(
            _fleet.Select(instance => new CleanupCandidate(instance) { IsProtected = IsProtected(instance), IsOverBudget = over.Contains(instance.Id), Note = _memory.NoteOf(instance) }),
            rule,
            lifetimes,
            new CleanupInput(context.UtcNow) { AffordableActs = Math.Max(0, (_requests - 1) / RequestShare.PerAct), ClockSkew = Connection.Of(context).Client.ClockSkew, DamagedStore = _memory.Damaged },
            (id, wrong) => cmdlet.WriteWarning("The off hours of " + id + " cannot be read, and nothing is done by them: " + wrong + "."));
        if (!lifetimes.IdleFollows && plan.Damage is { } damage)
            cmdlet.Runner.Report(damage, context.BaseUri);
        int acts = plan.Decisions.Count(static decision => decision.IsAct);
        _requests -= 1 + acts * RequestShare.PerAct;
        _dueActs = new CleanupActs(cmdlet, context, _run, plan, _sweep, steps, null, _audit, Math.Max(0, _requests), _noteActs);
        var due = new HashSet<string>(plan.Decisions.Select(static decision => decision.Candidate.Instance.Id), StringComparer.Ordinal);
        _fleet = _fleet.Where(instance => !due.Contains(instance.Id)).ToList();
        return plan;
    }

    /// <summary>Queues decisions: acts first, so that no warning, whose receiver may hang, delays them.</summary>
    public void Queue(IReadOnlyList<(CleanupDecision Decision, CleanupReason? Declined)> answered, bool isWhatIf)
    {
        foreach ((CleanupDecision decision, CleanupReason? declined) in answered.OrderBy(static one => one.Decision is { IsByNote: true, Step: CleanupStep.Warn }))
        {
            Instance instance = decision.Candidate.Instance;
            cmdlet.Runner.Queue(instance.Id, instance, throttle, async (observer, cancel) => await RunAsync(decision, declined, isWhatIf, observer, cancel).ConfigureAwait(false));
        }
    }

    /// <summary>Plans on the pipeline thread, and writes what is to be known of the plan: that the history is still too short, damage of the store, an outage of the metrics. Returns null when the plan failed; its error is written.</summary>
    /// <param name="jitter">The longest random delay of a reading; null to take each reading at its place in the minute.</param>
    /// <param name="isWhatIf">True when -WhatIf is in effect.</param>
    public CleanupPlan? Plan(TimeSpan? jitter, bool isWhatIf)
    {
        CleanupPlan? plan = null;
        cmdlet.Runner.RunToEnd(async cancel => plan = await PlanAsync(jitter, isWhatIf, cancel).ConfigureAwait(false), context.BaseUri);
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

    /// <summary>Lists the fleet, and reads what the store knows of it.</summary>
    private async Task ListAsync(bool isWhatIf, CancellationToken cancel)
    {
        cmdlet.Store.TryUse(store => store.Cleanups.Begin(_run, context.Account, context.Timeout));
        ThrowIfTeamIsLost();
        // A launch over its cost limit would be terminated as soon as it is found, so with -WhatIf no launches are looked for.
        if (Stores.HasNotes && !isWhatIf)
            await new ExpiredLaunches(cmdlet, context).ResolveAsync(cancel).ConfigureAwait(false);
        (DateTimeOffset listedAt, TimeSpan correction) = (context.UtcNow, context.Correction);
        var listed = new ListedIds(context);
        _fleet = await _sweep.ListAsync(cancel).ConfigureAwait(false);
        // The first answer may have moved the clock of the connection.
        _listedAt = listedAt + context.Correction - correction;
        listed.Take(_fleet);
        _memory = Recall(_fleet, listed);
        ThrowIfTeamIsLost();
    }

    /// <summary>Takes the readings of the listed fleet and decides.</summary>
    private async Task<CleanupPlan> PlanAsync(TimeSpan? jitter, bool isWhatIf, CancellationToken cancel)
    {
        DateTimeOffset listedAt = _listedAt;
        IReadOnlyList<Instance> fleet = _fleet;
        Memory memory = _memory;

        List<Instance> running = fleet.Where(instance => rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Running)).ToList();
        // Instances that are never acted on cost no readings.
        List<Instance> candidates = running.Where(instance => IsFree(instance, memory)).ToList();
        var chooser = new ReadingChooser(cmdlet, context, _sweep, idle);
        (ReadingPlan order, IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows) = chooser.Order(candidates, isWhatIf);
        RequestShare share = RequestShare.Divide(Math.Max(0, _requests), order.Order.Count, PossibleActs(fleet, candidates, windows, memory));
        ReadingPlaces places = jitter is { } longest ? ReadingPlaces.Random(longest) : ReadingPlaces.Of(context, Connection.Of(context).Client.ClockSkew);
        IReadOnlyList<Instance> asked = chooser.Take(order with { Budget = share.Readings }, places);
        if (share.Readings < order.Order.Count)
            cmdlet.Runner.Observer.Verbose(order.Order.Count - share.Readings + " running instances wait for a later run: there are " + share.Readings + " requests for readings, and " + share.Acts * RequestShare.PerAct + " are kept for acts.");
        HashSet<string> unread = await _sweep.ReadAsync(asked, places, null, cancel).ConfigureAwait(false);

        var askedIds = new HashSet<string>(asked.Select(static one => one.Id), StringComparer.Ordinal);
        fleet = StoppedByOthers(fleet, listedAt);
        var picture = new ReadingPicture(order.Resting, askedIds, unread, share.Readings < order.Order.Count);
        int left = share.Acts * RequestShare.PerAct + share.Spare + share.Readings - asked.Count;
        CleanupPlan plan = Decide(fleet, picture, memory, left / RequestShare.PerAct);
        if (plan.IsOutage)
        {
            // An instance that was stopped or removed after the list has no metrics either, which is no outage. One more list distinguishes the two.
            fleet = Latest(fleet, await _sweep.ListAsync(cancel).ConfigureAwait(false), unread);
            plan = Decide(fleet, picture, memory, --left / RequestShare.PerAct);
        }
        int spare = left - plan.Decisions.Count(static decision => decision.IsAct) * RequestShare.PerAct;
        ThrowIfTeamIsLost();
        _acts = new CleanupActs(cmdlet, context, _run, plan, _sweep, steps, _warnings, _audit, spare);
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
            : decision.Step == CleanupStep.Warn ? await (decision.IsByNote ? _noteActs.WarnAsync(decision, observer, cancel) : _warnings!.WarnAsync(decision, observer, cancel)).ConfigureAwait(false)
            : await (decision.IsByNote ? _dueActs! : _acts!).RunAsync(decision, observer, cancel).ConfigureAwait(false);
        _actions.Enqueue(action);
        if (action.Reason == CleanupReason.StoreUnavailable && TeamLost() is { } lost && Interlocked.Exchange(ref _hasReportedLoss, 1) == 0)
            cmdlet.Runner.PostError(lost, action);
        if (KeptReasonOf(decision, action, declined, isWhatIf) is var kept and not KeptReason.None)
            cmdlet.Store.TryUse(store => store.ReadingRequests.Keep(context.Account, action.Id, kept, action.Time));
        if (auditLevel == CleanupAuditLevel.All || decision.Step != CleanupStep.Skip)
            _audit.TryWrite(CleanupAuditLine.From(action, _run), "The decision on " + action.Id + " (" + action.Action + ") is missing from the audit.", action);
        return action;
    }

    /// <summary>Returns why an idle instance stays running, so that later runs spend no readings on it that others need; None when it does not, or when the next run may stop it.</summary>
    private static KeptReason KeptReasonOf(CleanupDecision decision, CleanupAction action, CleanupReason? declined, bool isWhatIf) =>
        decision.Step != CleanupStep.Stop || decision.IsByNote ? KeptReason.None
        : action.Reason == CleanupReason.Refused ? KeptReason.Refused
        : declined == CleanupReason.Declined ? KeptReason.Declined
        : isWhatIf ? KeptReason.WhatIf
        : KeptReason.None;

    /// <summary>Marks the run as ended, so that it no longer limits other cleanups on this store.</summary>
    public void Dispose()
    {
        cmdlet.Store.TryUse(store => store.Cleanups.End(_run));
        _acts?.Dispose();
        _dueActs?.Dispose();
    }

    /// <summary>Returns the error of a store of a team that was lost; null otherwise. Without it the other hosts are unknown, so nothing is done.</summary>
    private PulseRunException? TeamLost() => Stores.IsTeam && cmdlet.Store.Lost is { } lost
        ? new PulseRunException(ErrorIds.StoreUnavailable, "The cleanup does nothing without the store of the team. " + lost.Message) { Advice = lost.Advice }
        : null;

    private void ThrowIfTeamIsLost()
    {
        if (TeamLost() is { } lost)
            throw lost;
    }

    private Memory Recall(IReadOnlyList<Instance> fleet, ListedIds listed)
    {
        var memory = new Memory();
        memory.IsThere = cmdlet.Store.TryUse(store =>
        {
            memory.Protections = store.Notes.Protections(context.UtcNow);
            if (Stores.HasNotes)
            {
                listed.Record(store);
                memory.Notes = store.Notes.Living(context.Service);
                EndOffHours(store, fleet, memory.Notes);
            }
            // Read last, because damage of the file may be discovered only by the reads above.
            memory.Damaged = store.Damaged;
            // If the states of this list were not recorded, the recorded history of stopped instances is not up to date.
            if (rule.RemoveStoppedAfter is not null && _sweep.StatesAreRecorded && fleet.Count > 0)
                memory.StoppedSince = store.History.StoppedSince(context.Account, rule.LongestUnseen);
        });
        return memory;
    }

    /// <summary>Returns the largest number of acts that this run can need: instances that are idle if their next reading is, and instances to remove.</summary>
    private int PossibleActs(IReadOnlyList<Instance> fleet, List<Instance> candidates, IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows, Memory memory)
    {
        if (!memory.IsThere || memory.Damaged is not null)
            return 0;
        int most = Math.Min(rule.MaxActions, fleet.Count);
        // If there are enough requests for everything, no estimate is needed.
        if (_requests >= candidates.Count + most * (long)RequestShare.PerAct)
            return most;
        DateTimeOffset now = context.UtcNow;
        RecordedUnits units = _sweep.Units();
        var resting = new Reading(now, 0, null, 0, false, null);
        int stops = candidates.Count(instance => windows.TryGetValue(instance.Id, out IReadOnlyList<Reading>? readings)
            && IdleDecision.Decide(instance, [.. readings, resting], idle, now, unit: units.Of(instance.Id)).Verdict == Verdict.Idle);
        int removals = fleet.Count(instance => IsFree(instance, memory) && rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Stopped)
            && memory.StoppedSince.TryGetValue(instance.Id, out DateTimeOffset since) && now - since >= rule.RemoveStoppedAfter);
        return Math.Min(rule.MaxActions, stops + removals);
    }

    /// <summary>Removes the mark that an instance was stopped for its off hours from instances that run again. A person makes the next stop, so it must not be undone at the end of the off hours.</summary>
    private void EndOffHours(IStore store, IReadOnlyList<Instance> fleet, IReadOnlyDictionary<string, InstanceNote> notes)
    {
        foreach (Instance instance in fleet)
        {
            if (!notes.TryGetValue(instance.Id, out InstanceNote? note))
                continue;
            note.ApplyTo(instance);
            if (note.StoppedForOffHoursOf is not null && InstanceStatus.Is(instance.Status, InstanceStatus.Running))
                store.Notes.Change(NoteScope.Of(context), instance.Id, new NoteChange { StoppedForOffHoursOf = new(null) }, context.UtcNow);
        }
    }

    /// <summary>Returns true when an instance is protected. If the protections cannot be read, every instance counts as protected.</summary>
    private bool IsProtected(Instance instance) => !_memory.IsThere || _memory.Protections.ContainsKey(instance.Id) || HasProtectedTag(instance, _memory);

    private bool IsFree(Instance instance, Memory memory) => !memory.Protections.ContainsKey(instance.Id) && !HasProtectedTag(instance, memory) && !rule.Excludes(instance);

    /// <summary>Returns true when the policy of the machine protects an instance by a tag.</summary>
    private bool HasProtectedTag(Instance instance, Memory memory) => _policy is not null && memory.NoteOf(instance) is { } note && PolicyRules.Protects(_policy, note.Tags);

    /// <summary>Returns the ids of instances whose budget is exceeded; none without -EnforceBudgets.</summary>
    private HashSet<string> OverBudget()
    {
        var over = new HashSet<string>(StringComparer.Ordinal);
        if (lifetimes.EnforcesBudgets)
            cmdlet.Store.TryUse(store => over.UnionWith(new BudgetReader(context, cmdlet.Runner.Observer).Exceeded(store, _fleet)));
        return over;
    }

    private CleanupPlan Decide(IReadOnlyList<Instance> fleet, ReadingPicture picture, Memory memory, int affordable)
    {
        List<Instance> running = fleet.Where(instance => rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Running)).ToList();
        Dictionary<string, IdleVerdict> verdicts = [];
        foreach (IdleVerdict verdict in _sweep.Judge(running, picture.Unread))
            verdicts[verdict.Id] = verdict;
        IReadOnlyDictionary<string, IdleVerdict>? early = _warnings?.Early(running, picture.Unread);
        IReadOnlyDictionary<string, IdleWarning>? warnings = _warnings?.Follow(verdicts);
        return CleanupPlanner.Plan(
            fleet.Select(instance => new CleanupCandidate(instance)
            {
                Verdict = verdicts.TryGetValue(instance.Id, out IdleVerdict? verdict) ? verdict : null,
                Early = early is not null && early.TryGetValue(instance.Id, out IdleVerdict? sooner) ? sooner : null,
                Warning = warnings is not null && warnings.TryGetValue(instance.Id, out IdleWarning? warning) ? warning : null,
                WasAsked = picture.Asked.Contains(instance.Id),
                Rest = picture.Resting.TryGetValue(instance.Id, out ReadingRest rest) ? rest : ReadingRest.None,
                IsProtected = IsProtected(instance),
                StoppedSince = memory.StoppedSince.TryGetValue(instance.Id, out DateTimeOffset since) ? since : null,
            }),
            rule,
            new CleanupInput(context.UtcNow) { AffordableActs = Math.Max(0, affordable), IsSample = picture.IsSample, ClockSkew = Connection.Of(context).Client.ClockSkew, DamagedStore = memory.Damaged });
    }

    /// <summary>Returns the fleet with the states of instances that another process with this store stopped after the list. Readings may take a minute, and a run that began before this one may act meanwhile.</summary>
    private List<Instance> StoppedByOthers(IReadOnlyList<Instance> fleet, DateTimeOffset listedAt)
    {
        IReadOnlyDictionary<string, RecordedState> states = new Dictionary<string, RecordedState>();
        cmdlet.Store.TryUse(store => states = store.History.CurrentStates(context.Account));
        return fleet.Select(instance => InstanceStatus.Is(instance.Status, InstanceStatus.Running)
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

    /// <summary>Describes what the readings of this run show, and of which instances they show nothing.</summary>
    /// <param name="Resting">The instances that were not asked on purpose.</param>
    /// <param name="Asked">The instances that were asked.</param>
    /// <param name="Unread">Those of them that gave no reading.</param>
    /// <param name="IsSample">True when the request budget left instances out.</param>
    private sealed record ReadingPicture(IReadOnlyDictionary<string, ReadingRest> Resting, HashSet<string> Asked, HashSet<string> Unread, bool IsSample);

    /// <summary>Holds the part of the local store that a plan needs.</summary>
    private sealed class Memory
    {
        public bool IsThere { get; set; }

        public string? Damaged { get; set; }

        public IReadOnlyDictionary<string, Protection> Protections { get; set; } = new Dictionary<string, Protection>();

        public IReadOnlyDictionary<string, InstanceNote> Notes { get; set; } = new Dictionary<string, InstanceNote>();

        public InstanceNote? NoteOf(Instance instance) => Notes.TryGetValue(instance.Id, out InstanceNote? note) ? note : null;

        public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince { get; set; } = new Dictionary<string, DateTimeOffset>();
    }
}
