using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Terminates instances permanently and deletes their disks.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Instance))]
public sealed partial class RemoveInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly WaitParameters _wait = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private readonly ProtectionGuard _guard = new();

    private WaitList? _waits;

    /// <summary>Suppresses the question, and removes protected instances too. -WhatIf, $WhatIfPreference and an explicit -Confirm still apply.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "remove";

    /// <inheritdoc/>
    protected override void OnBegin() => _waits = Wait ? new WaitList(Runner, WaitTarget.Terminated) : null;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (!Force && _guard.Objection(target.Context, target.Id, Verb) is { } objection)
            {
                Runner.Report(objection, target.Source);
                continue;
            }
            if (!Prompt.Confirms(target.Description, "Remove instance, its disk too", Force))
                continue;
            Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) =>
            {
                Instance now = await target.Client.RemoveAsync(target.Id, target.Known, observer, cancel).ConfigureAwait(false);
                NotedInstance.MarkRemoved(target.Context, target.Id);
                States.Add(target.Context, target.Known, now);
                return _waits is null ? now : _waits.Take(target, now);
            });
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _waits?.Run(_wait.Timeout, interval: null);
}
