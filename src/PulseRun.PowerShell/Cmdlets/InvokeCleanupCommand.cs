using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops what is proven idle and, if asked to, removes what has been stopped for long. 1 + running requests, and 2 more for each that is acted on; one more list when too few gave metrics.</summary>
[Cmdlet(VerbsLifecycle.Invoke, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CleanupAction))]
public sealed partial class InvokeCleanupCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _idleRule = new();

    [ParameterGroup]
    private readonly FilterParameters _filter = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private static readonly TimeSpan s_longestJitter = TimeSpan.FromHours(1);

    /// <summary>What a key gets in a minute.</summary>
    private const int DefaultRequests = 60;

    private static readonly TimeSpan s_defaultJitter = TimeSpan.FromSeconds(15);

    private IAuditLog? _audit;
    private CleanupRunner? _runner;

    /// <summary>How long an instance must have been idle to be stopped (1 second to 365 days; 00:30:00 is recommended, with a run every minute).</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public TimeSpan IdleFor { get; set; }

    /// <summary>Removes instances, including their disks, that this machine has seen stopped for this long. No two looks may be further apart than a sixth of this time, or one day. Default: removes none. Asks for confirmation unless -Force or -Confirm:$false is given.</summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>How many instances one run acts on (0 or more, default 10), the most expensive idle ones first. Runs on one machine that overlap share this number.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>Acts on nothing (error MetricsOutage) when more than this share of the instances that were asked for metrics in this run returned none, in percent (0 to 100, default 50).</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MaxUnknownPercent { get; set; } = new CleanupRule().MaxUnknownPercent;

    /// <summary>A file to which a line of JSON is appended for each decision that -AuditLevel selects, and one before each act. If a line cannot be written, the run acts on nothing more (AuditFailed).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuditPath { get; set; }

    /// <summary>Which decisions the audit gets: Actions (default: decisions to stop or remove) or All (a line for each instance and run).</summary>
    [Parameter]
    public CleanupAuditLevel AuditLevel { get; set; }

    /// <summary>How many requests the run may send (2 or more). Default: the connection's -RequestsPerMinute, else 60. Two are reserved for each possible act. The least recently read instances are read first; an instance that is not read stays Unknown.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Delays each reading by a random part of this time (0 to 1 hour), so that readings do not alias with a load of a shorter period. A load with a period of one minute needs 00:01:00. Default: 00:00:15 in a host without a person, else 0.</summary>
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
        CleanupRunner runner = _runner = new CleanupRunner(this, context, idle, rule, _audit, AuditLevel, RequestBudget ?? context.RequestsPerMinute ?? DefaultRequests, ThrottleLimit);
        TimeSpan jitterOfReadings = Jitter ?? (HostEnvironment.IsInteractive ? TimeSpan.Zero : s_defaultJitter);
        CleanupPlan? plan = null;
        Runner.RunToEnd(async cancel => plan = await runner.PlanAsync(jitterOfReadings, cancel).ConfigureAwait(false), context.BaseUri);
        if (plan is null)
            return;
        if (WarmUp.Describe(plan.Decisions.Select(static decision => decision.Candidate.Verdict).OfType<IdleVerdict>(), idle, context.UtcNow, TimeZoneInfo.Local) is { } warmUp)
            WriteWarning(warmUp);
        if (plan.Damage is { } damage)
            Runner.Report(damage, context.BaseUri);
        if (plan.Outage is { } outage)
            Runner.Report(outage, context.BaseUri);

        // All questions first: an answer that ends the run must not find half of it done.
        List<(CleanupDecision Decision, CleanupReason? Declined)> answered = plan.Decisions.Select(decision => (decision, Declined(decision))).ToList();
        foreach ((CleanupDecision decision, CleanupReason? declined) in answered)
        {
            Instance instance = decision.Candidate.Instance;
            Runner.Queue(instance.Id, instance, ThrottleLimit, async (observer, cancel) => await runner.RunAsync(decision, declined, IsWhatIfRun, observer, cancel).ConfigureAwait(false));
        }
    }

    // Asked once: the variable it may come from is not to be read on other threads.
    private bool IsWhatIfRun { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => IsWhatIfRun = Prompt.IsWhatIf;

    /// <inheritdoc/>
    protected override void OnDisposed() => _runner?.Dispose();

    private CleanupRule Rule()
    {
        InstanceFilter selected = _filter.ToFilter();
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

    /// <summary>Asks. On the pipeline thread.</summary>
    private CleanupReason? Declined(CleanupDecision decision)
    {
        string target = Formatting.Describe(decision.Candidate.Instance);
        bool isAgreed = decision.Step switch
        {
            CleanupStep.Stop => Prompt.Confirms(target, "Stop idle instance"),
            CleanupStep.Remove => Prompt.Insists(target, "Remove instance stopped since " + decision.Candidate.StoppedSince?.ToString("u", System.Globalization.CultureInfo.InvariantCulture) + ", its disk too", Force),
            _ => true,
        };
        return isAgreed || IsWhatIfRun ? null : CleanupReason.Declined;
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
