using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Cleanup;
using PulseRun.Contracts;
using PulseRun.Idle;
using PulseRun.PowerShell.Cleanup;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops what is proven idle and, if asked to, removes what has been stopped for long. 1 + running requests, and 2 more for each that is acted on.</summary>
[Cmdlet(VerbsLifecycle.Invoke, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CleanupAction))]
public sealed partial class InvokeCleanupCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _idleRule = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private static readonly TimeSpan s_longestJitter = TimeSpan.FromHours(1);

    private readonly Guid _run = Guid.NewGuid();
    private IAuditLog? _audit;

    /// <summary>How long an instance must have been idle to be stopped (1 second to 365 days; 00:30:00 is recommended, with a run every minute).</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public TimeSpan IdleFor { get; set; }

    /// <summary>Removes instances, disks too, that this machine has seen stopped for this long. Default: removes none. Asks, unless -Force or -Confirm:$false.</summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>Considers only these GPU types. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[]? Gpu { get; set; }

    /// <summary>Considers only these regions. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[]? Region { get; set; }

    /// <summary>Considers only these providers. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Considers only these templates. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string[]? Template { get; set; }

    /// <summary>How many instances one run acts on (0 or more, default 10): the dearest idle ones first.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>Acts on nothing (error MetricsOutage) when more than this share of the running instances gives no metrics to judge by, in percent (0 to 100, default 50).</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MaxUnknownPercent { get; set; } = new CleanupRule().MaxUnknownPercent;

    /// <summary>A file that gets a line of JSON for each decision that -AuditLevel selects.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuditPath { get; set; }

    /// <summary>Which decisions the audit gets: Actions (default: decisions to stop or remove) or All (a line for each instance and run).</summary>
    [Parameter]
    public CleanupAuditLevel AuditLevel { get; set; }

    /// <summary>How many requests the list and the readings may take (2 or more). Default: the connection's limit, else 60. Who was read longest ago goes first; the rest stays Unknown.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Puts each reading off by a random part of this, so that readings do not beat in step with a load (0 to 1 hour). Default: 00:00:15 where no person waits, else 0.</summary>
    [Parameter]
    public TimeSpan? Jitter { get; set; }

    /// <summary>Removes without asking. -WhatIf and $WhatIfPreference still hold.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "cleanup";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        IdleRule idle = _idleRule.RuleFor(IdleFor, nameof(IdleFor));
        CleanupRule rule = Rule();
        if (rule.Check() is { } wrong)
            throw wrong;
        if (Jitter is { } jitter && (jitter < TimeSpan.Zero || jitter > s_longestJitter))
            throw new PulseRunException(ErrorIds.InvalidRequest, "Jitter: readings are put off by 0 to 1 hour.") { Field = nameof(Jitter) };
        if (AuditPath is not null)
            OpenAudit(SessionState.Path.GetUnresolvedProviderPathFromPSPath(AuditPath));

        Context context = CurrentContext();
        var sweep = new IdleSweep(this, context, idle, ThrottleLimit);
        CleanupPlan? plan = null;
        Runner.RunToEnd(async cancel => plan = await PlanAsync(context, sweep, rule, cancel).ConfigureAwait(false), context.BaseUri);
        if (plan is null)
            return;
        if (plan.Outage is { } outage)
            Runner.Report(outage, context.BaseUri);

        // All questions first: an answer that ends the run must not find half of it done.
        List<(CleanupDecision Decision, CleanupReason? Declined)> answered = plan.Decisions.Select(decision => (decision, Declined(decision))).ToList();
        foreach ((CleanupDecision decision, CleanupReason? declined) in answered)
        {
            Instance instance = decision.Candidate.Instance;
            Runner.Queue(instance.Id, instance, ThrottleLimit, async (observer, cancel) =>
            {
                CleanupAction action = declined is { } reason ? decision.Skipped(context.UtcNow, reason)
                    : decision.Step == CleanupStep.Skip || IsWhatIfRun ? decision.WouldBe(context.UtcNow)
                    : await ActAsync(context, sweep, decision, observer, cancel).ConfigureAwait(false);
                if (AuditLevel == CleanupAuditLevel.All || decision.Step != CleanupStep.Skip)
                    Audit(action);
                return action;
            });
        }
    }

    // Asked once: the variable it may come from is not to be read on other threads.
    private bool IsWhatIfRun { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => IsWhatIfRun = Prompt.IsWhatIf;

    private CleanupRule Rule()
    {
        InstanceFilter selected = new InstanceFilter().WithKind(Gpu, Region, Provider, Template);
        InstanceFilter? excluded = Exclude is { Length: > 0 } ? new InstanceFilter().With(static instance => instance.Id, Exclude) : null;
        return new CleanupRule
        {
            MaxActions = MaxActions,
            MaxUnknownPercent = MaxUnknownPercent,
            RemoveStoppedAfter = RemoveStoppedAfter,
            Selects = selected.Passes,
            Excludes = instance => excluded?.Passes(instance) ?? false,
        };
    }

    private async Task<CleanupPlan> PlanAsync(Context context, IdleSweep sweep, CleanupRule rule, CancellationToken cancel)
    {
        IReadOnlyList<Instance> fleet = await sweep.ListAsync(cancel).ConfigureAwait(false);
        List<Instance> running = fleet.Where(instance => rule.Selects(instance) && InstanceStatus.Is(instance.Status, InstanceStatus.Running)).ToList();
        IReadOnlyDictionary<string, DateTimeOffset> lastRead = new Dictionary<string, DateTimeOffset>();
        IReadOnlyDictionary<string, Protection> protections = new Dictionary<string, Protection>();
        IReadOnlyDictionary<string, RecordedState> states = new Dictionary<string, RecordedState>();
        bool remembers = Store.TryUse(store =>
        {
            lastRead = store.History.LastSampled(context.Account);
            protections = store.Protections.Get(context.Account, context.UtcNow);
            states = store.History.CurrentStates(context.Account);
        });
        int budget = (RequestBudget ?? context.RequestsPerMinute ?? 60) - 1;
        IReadOnlyList<Instance> asked = SamplingOrder.First(running, lastRead, budget);
        if (asked.Count < running.Count)
            Runner.Observer.Verbose(running.Count - asked.Count + " running instances are not read this time: the budget is " + budget + " readings.");
        HashSet<string> unread = await sweep.ReadAsync(asked, Jitter ?? (Hosts.IsInteractive ? TimeSpan.Zero : TimeSpan.FromSeconds(15)), cancel).ConfigureAwait(false);

        var askedIds = new HashSet<string>(asked.Select(static one => one.Id), StringComparer.Ordinal);
        Dictionary<string, IdleVerdict> verdicts = [];
        foreach (IdleVerdict verdict in sweep.Judge(running, unread))
            verdicts[verdict.Id] = verdict;
        return CleanupPlanner.Plan(
            fleet.Select(instance => new CleanupCandidate(instance)
            {
                Verdict = verdicts.TryGetValue(instance.Id, out IdleVerdict? verdict) ? verdict : null,
                WasAsked = askedIds.Contains(instance.Id),
                // Who cannot read the list of protections must not take everything for unprotected.
                IsProtected = !remembers || protections.ContainsKey(instance.Id),
                StoppedSince = states.TryGetValue(instance.Id, out RecordedState? state) && InstanceStatus.Is(state.Status, InstanceStatus.Stopped) ? state.Since : null,
            }),
            rule,
            context.UtcNow);
    }

    /// <summary>Asks. On the pipeline thread.</summary>
    private CleanupReason? Declined(CleanupDecision decision)
    {
        string target = Display.Describe(decision.Candidate.Instance);
        bool isAgreed = decision.Step switch
        {
            CleanupStep.Stop => Prompt.Confirms(target, "Stop idle instance"),
            CleanupStep.Remove => Prompt.Insists(target, "Remove instance stopped since " + decision.Candidate.StoppedSince?.ToString("u", System.Globalization.CultureInfo.InvariantCulture) + ", its disk too", Force),
            _ => true,
        };
        return isAgreed || IsWhatIfRun ? null : CleanupReason.Declined;
    }

    private async Task<CleanupAction> ActAsync(Context context, IdleSweep sweep, CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        Instance instance = decision.Candidate.Instance;
        try
        {
            CleanupReason? objection = decision.Step == CleanupStep.Stop
                ? await ObjectionToStopAsync(context, sweep, instance, observer, cancel).ConfigureAwait(false)
                : CleanupPlanner.ObjectionToRemove(instance, await LookAsync(context, instance, observer, cancel).ConfigureAwait(false));
            if (objection is { } reason)
            {
                if (reason != CleanupReason.AlreadyDone)
                    observer.Warning(instance.Id + " is left alone: a second look found it " + (reason == CleanupReason.NoLongerIdle ? "not idle." : "not stopped as before."));
                return decision.Skipped(context.UtcNow, reason);
            }
            Instance now = decision.Step == CleanupStep.Stop
                ? await context.Client.StopAsync(instance.Id, instance, observer, cancel).ConfigureAwait(false)
                : await context.Client.RemoveAsync(instance.Id, instance, observer, cancel).ConfigureAwait(false);
            Store.TryUse(store => store.History.RecordStates(context.Account, [now], complete: false, context.UtcNow));
            return decision.Done(context.UtcNow, now);
        }
        catch (PulseRunException error) when (!IsFatal(error))
        {
            Runner.PostError(error, instance);
            return decision.Failed(context.UtcNow, error);
        }
    }

    private static async Task<CleanupReason?> ObjectionToStopAsync(Context context, IdleSweep sweep, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        HashSet<string> unread = await sweep.ReadAsync([instance], TimeSpan.Zero, cancel).ConfigureAwait(false);
        CleanupReason? objection = CleanupPlanner.ObjectionToStop(sweep.Judge([instance], unread)[0]);
        // No reading is what a stopped instance gives: another cleanup may have come first. The request takes the place of the stop.
        return objection is not null && unread.Count > 0 && CleanupPlanner.IsStopped(await LookAsync(context, instance, observer, cancel).ConfigureAwait(false))
            ? CleanupReason.AlreadyDone
            : objection;
    }

    /// <summary>The instance as it is now; null when it is gone.</summary>
    private static async Task<Instance?> LookAsync(Context context, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await context.Client.GetAsync(instance.Id, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
        {
            return null;
        }
    }

    /// <summary>Writes down what was done. It was done even if that fails: then it is told, and the error with it.</summary>
    private void Audit(CleanupAction action)
    {
        try
        {
            _audit?.Append([CleanupAuditLine.From(action, _run)]);
        }
        catch (StoreUnavailableException error)
        {
            Runner.PostError(new PulseRunException(ErrorIds.JournalUnavailable, action.Id + ": " + action.Action + ", and not written down. " + error.Message), action);
        }
    }

    /// <summary>Before anything is done: what cannot be written down is not done.</summary>
    private void OpenAudit(string path)
    {
        try
        {
            _audit = Libraries.OpenAudit(path);
            _audit.Append([]);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was done. " + error.Message) { Field = nameof(AuditPath) };
        }
    }
}
