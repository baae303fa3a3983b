using System;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds instances that are proven idle. Lists, reads each running one, and judges by all readings this machine has: 1 + running requests.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.IdleInstance, DefaultParameterSetName = ParameterSets.ByFleet)]
[OutputType(typeof(IdleVerdict))]
public sealed partial class GetIdleInstanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _idleRule = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    [ParameterGroup]
    private readonly ProbeParameters _probe = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    private readonly IdleFinder _finder;
    private bool _everything;

    /// <summary>Initialises what collects the instances.</summary>
    public GetIdleInstanceCommand() => _finder = new IdleFinder(this);

    /// <summary>Only these instances, as other cmdlets of this module return them.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>Only these ids. No wildcards.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>The time for which an instance must have been idle, up to now (1 second to 365 days, default 00:30:00). Run the cmdlet about once a minute.</summary>
    [Parameter(Position = 0)]
    public TimeSpan For { get; set; } = new IdleRule().For;

    /// <summary>Takes no readings. The verdicts rest on the readings that are recorded on this machine.</summary>
    [Parameter]
    public SwitchParameter NoSample { get; set; }

    /// <summary>The number of requests that the list and the readings may take (2 or more). Default: three quarters of the connection's limit, or of 60, so that your next command need not wait. When they do not suffice for all, windows that have begun are read first, then the instances that most probably ended their work. The readings are taken at once, without waiting for places in the minute.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Returns the instances that are Active or Unknown too, each with its reason.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (_probe.NeedsSsh)
            _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        switch (ParameterSetName)
        {
            case ParameterSets.ByObject:
                foreach (InstanceReference item in InputObject)
                    Runner.TryItem(item, () => _finder.Add(ContextFor(item), item));
                break;
            case ParameterSets.ById:
                foreach (string? id in Id ?? [null])
                    Runner.TryItem(id, () => _finder.Add(CurrentContext(), id));
                break;
            default:
                _everything = true;
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        // Without -For, the shortest time that the policy allows is long enough.
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(For)) && MachinePolicy.Read()?.MinIdleFor is { } least && least > For)
            For = least;
        IdleRule rule = _idleRule.RuleFor(For, nameof(For));
        MachinePolicy.CheckIdleFor(For);
        if (_everything)
            _finder.AddFleet(CurrentContext());
        _finder.Run(new IdleFinderOptions(rule, ThrottleLimit) { TakesReadings = !NoSample, RequestBudget = RequestBudget, WritesAll = All, WitnessFor = context => _probe.WitnessFor(this, _ssh, context, rule), ReaderFor = context => _probe.ReaderFor(_ssh, context) });
    }
}
