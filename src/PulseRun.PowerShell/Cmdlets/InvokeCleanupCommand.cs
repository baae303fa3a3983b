using System;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Ends the lifetimes of instances, obeys their off hours, stops those that are proven idle, and removes those that were stopped for long. Sends 1 list, with -IdleFor at most one reading for each running instance, and 2 more requests for each act; one more list when too few gave metrics.</summary>
[Cmdlet(VerbsLifecycle.Invoke, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CleanupAction))]
public sealed partial class InvokeCleanupCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _idleRule = new();

    [ParameterGroup]
    private readonly FilterParameters _filter = new();

    [ParameterGroup]
    private readonly ActLimitParameters _limits = new();

    [ParameterGroup]
    private readonly CleanupParameters _cleanup = new();

    [ParameterGroup]
    private readonly LifetimeParameters _lifetime = new();

    [ParameterGroup]
    private readonly LadderParameters _ladder = new();

    [ParameterGroup]
    private readonly NotifyParameters _notify = new();

    [ParameterGroup]
    private readonly ProbeParameters _probe = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly AuditParameters _audit = new();

    [ParameterGroup]
    private readonly CleanupReportParameters _report = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private const int DefaultRequests = 60;
    private CleanupRunner? _runner;
    private bool _isWhatIf;

    /// <summary>The time for which an instance must have been idle to be stopped (1 second to 365 days; 00:30:00 is recommended, with a run every minute). Without it, nothing is stopped for being idle, and no reading is taken: the run only ends lifetimes and obeys off hours.</summary>
    [Parameter(Position = 0)]
    public TimeSpan? IdleFor { get; set; }

    /// <summary>The number of requests that the run may send (2 or more). Default: the connection's -RequestsPerMinute, else 60. Two are reserved for each possible act. Windows that have begun are read first, then the instances that most probably ended their work; about_PulseRun_Idle describes the order.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Delays each reading by a random part of this time (0 to 1 hour). Default: in a host without a person, each reading has its own second, which changes from minute to minute, so that no load is in step with the readings; a run then takes up to a minute, and runs may overlap. A person does not wait: the readings are taken at once, as with 0.</summary>
    [Parameter]
    public TimeSpan? Jitter { get; set; }

    /// <summary>Stops running instances of budgets with -AtLimit Stop of which more than the limit is spent, the most expensive first. What is only committed stops nothing.</summary>
    [Parameter]
    public SwitchParameter EnforceBudgets { get; set; }

    /// <summary>Removes without asking. -WhatIf and $WhatIfPreference still hold.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "cleanup";

    /// <inheritdoc/>
    protected override void OnBegin() => _isWhatIf = Prompt.IsWhatIf; // Read once, because other threads must not read the variable.

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (IdleFor is null)
            LifetimeParameters.RefuseIdleParameters(MyInvocation.BoundParameters, "Nothing was done");
        TimeSpan idleFor = IdleFor ?? new IdleRule().For;
        IdleRule idle = _idleRule.RuleFor(idleFor, nameof(IdleFor));
        CleanupRule rule = _cleanup.RuleFor(_filter.ToFilter(), _limits, IdleFor is null ? null : _ladder.RuleFor(idleFor));
        ReadingPlaces.CheckJitter(Jitter);
        INotifier? notifier = _notify.Create(this, _ladder);
        if (_probe.NeedsSsh || BeforeStop is not null)
            _ssh.FindWithoutPrompt(SessionState);
        LifetimeRule lifetimes = _lifetime.RuleFor(notifier is not null, IdleFor is not null) with { EnforcesBudgets = EnforceBudgets };
        IAuditLog? audit = _audit.Open(SessionState);
        Context context = CurrentContext();
        // With -WhatIf nothing is acted on, but readings are taken as without it.
        CleanupSteps steps = new() { Notifier = notifier, Reader = _probe.ReaderFor(_ssh, context), Witness = _isWhatIf ? null : _probe.WitnessFor(this, _ssh, context, idle), Hook = _isWhatIf ? null : _ladder.HookFor(_ssh, context) };
        CleanupReport? report = _report.For(this, context, idle, notifier, _isWhatIf);
        CleanupRunner runner = _runner = new CleanupRunner(this, context, idle, rule, audit, AuditLevel, steps, RequestBudget ?? context.RequestsPerMinute ?? DefaultRequests, ThrottleLimit, lifetimes);
        var questions = new CleanupQuestions(Prompt, _isWhatIf, Force);
        if (runner.PlanDue(_isWhatIf) is not { } due)
            return;
        runner.Queue(questions.Ask(due), _isWhatIf);
        CleanupPlan? plan = IdleFor is null ? null : runner.Plan(Jitter, _isWhatIf);
        if (plan is not null)
            runner.Queue(questions.Ask(plan), _isWhatIf);
        Runner.FlushQueue();
        report?.Write([.. due.Decisions, .. plan?.Decisions ?? []], runner.Actions);
    }

    /// <inheritdoc/>
    protected override void OnDisposed() => _runner?.Dispose();
}
