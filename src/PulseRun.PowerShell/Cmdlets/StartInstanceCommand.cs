using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Starts stopped instances. Billing resumes.</summary>
[Cmdlet(VerbsLifecycle.Start, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Instance))]
public sealed partial class StartInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly WaitParameters _wait = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private WaitList? _waits;
    private StartPolicy? _policy;
    private StartBudgets? _budgets;

    internal override string Verb => "start";

    /// <inheritdoc/>
    protected override void OnBegin() => _waits = Wait ? new WaitList(Runner, WaitTarget.Ready) : null;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        StartPolicy policy = _policy ??= new StartPolicy();
        StartBudgets budgets = _budgets ??= new StartBudgets(this);
        foreach (InstanceTarget target in Targets())
        {
            if ((policy.Objection(target) ?? budgets.Objection(target)) is { } violation)
            {
                Runner.Report(violation, target.Source);
                continue;
            }
            if (!Prompt.Confirms(target.Description, "Start instance"))
                continue;
            budgets.Take(target);
            Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) =>
            {
                await policy.CheckAsync(target, observer, cancel).ConfigureAwait(false);
                Instance now = await target.Client.StartAsync(target.Id, target.Known, observer, cancel).ConfigureAwait(false);
                States.Add(target.Context, target.Known, now);
                return _waits is null ? now : _waits.Take(target, now);
            });
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _waits?.Run(_wait.Timeout, interval: null);
}
