using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Jobs;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Launches an instance, copies files to it, runs a command, copies the results back and gives the instance back.</summary>
[Cmdlet(VerbsLifecycle.Invoke, Nouns.Job, DefaultParameterSetName = ParameterSets.ByLaunch, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(JobResult), typeof(Job))]
public sealed partial class InvokeJobCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly JobParameters _job = new();

    [ParameterGroup]
    private readonly JobLaunchParameters _launch = new();

    [ParameterGroup]
    private readonly PlanParameters _plan = new();

    [ParameterGroup]
    private readonly JobRestartParameters _restart = new();

    [ParameterGroup]
    private readonly LaunchLimitParameters _limits = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private JobQueue? _queue;
    private JobLaunches? _launches;
    private HashSet<string> _typed = [];

    /// <summary>An instance that is running already, its id, or its name. It is kept at the end, unless -AtEnd says otherwise.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByInstance, Mandatory = true)]
    public PSObject? Instance { get; set; }

    /// <summary>The lifetime of the launched instance, required (a minute to a year), counted from the launch. It is written down before the launch is sent, so that the next Invoke-PRCleanup removes the instance of a job that was killed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public TimeSpan Lifetime { get; set; }

    /// <summary>The treatment of a launched instance when this command is cancelled, with Ctrl+C for example: Remove (default) or Keep. Without this parameter, a terminal asks once, for 15 seconds. An instance of -Instance is kept.</summary>
    [Parameter]
    [ValidateSet("Keep", "Remove")]
    public JobEnd OnCancel { get; set; } = JobEnd.Remove;

    internal override string Verb => "the launch";

    internal override string AdviceForPending => "Resolve-PRLaunch finds out what became of it, and cleanup removes it after its lifetime.";

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _typed = [.. MyInvocation.BoundParameters.Keys];
        _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem(_job.Name ?? Command, () =>
    {
        bool isLaunch = ParameterSetName == ParameterSets.ByLaunch;
        if (!isLaunch && !MyInvocation.BoundParameters.ContainsKey(nameof(AtEnd)))
            AtEnd = JobEnd.Keep;
        InstanceTarget? target = isLaunch ? null : new NamedTargets(this).Of([Instance]).FirstOrDefault();
        if (!isLaunch && target is null)
            return;
        Context context = target?.Context ?? CurrentContext();
        _launches ??= new JobLaunches(this, context, () => _limits.ToOptions(context, ThrottleLimit, _typed.Contains(nameof(SettleSec))));
        _queue ??= new JobQueue(this, context, _ssh, _launches.Options);
        JobSpec spec = _restart.AddTo(_job.ToSpec(SessionState, _queue.Count + 1, isLaunch ? Lifetime : null)) with { Target = target };
        string where = target?.Description ?? "";
        if (isLaunch)
        {
            LaunchPlan plan = _plan.ToPlan(_launch.ToLaunch(), MyInvocation.BoundParameters, _typed);
            (LaunchTicket ticket, where) = _launches.Prepare(plan, Prefer, MaxHourlyCost, _launch.ToNote(context, _job.Name, Lifetime));
            spec = spec with { Ticket = ticket };
        }
        if (!Prompt.Confirms(where, "Run job " + spec.Name + ": " + CleanText.Clean(Command, 80)))
            return;
        if (spec.Ticket is not null)
            _launches.Begin(spec.Ticket);
        _queue.Add(spec, ThrottleLimit);
    });

    /// <summary>Gives back what was launched when the command is cancelled.</summary>
    internal override string? LastWords() => _queue?.LastWords(MyInvocation.BoundParameters.ContainsKey(nameof(OnCancel)) ? OnCancel : null);
}
