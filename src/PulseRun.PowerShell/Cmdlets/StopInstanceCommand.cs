using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops instances. Billing pauses, and the disk is kept.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed partial class StopInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly WaitParameters _wait = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private readonly ProtectionGuard _guard = new();

    private WaitList? _waits;

    /// <summary>Stops protected instances too. It does not suppress the confirmation; use -Confirm:$false for that.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "stop";

    /// <inheritdoc/>
    protected override void OnBegin() => _waits = Wait ? new WaitList(Runner, WaitTarget.Stopped) : null;

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
            if (!Prompt.Confirms(target.Description, "Stop instance"))
                continue;
            Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) =>
            {
                try
                {
                    Instance now = await target.Client.StopAsync(target.Id, target.Known, observer, cancel).ConfigureAwait(false);
                    States.Add(target.Context, target.Known, now);
                    return _waits is null ? now : _waits.Take(target, now);
                }
                catch (PulseRunException error) when (error.ErrorId == ErrorIds.InvalidRequest && error.StatusCode == 400)
                {
                    throw error.Advised("Some providers cannot stop an instance. It is then billed until you run Remove-PRInstance " + target.Id + ", which also deletes its disk.");
                }
            });
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _waits?.Run(_wait.Timeout, interval: null);
}
