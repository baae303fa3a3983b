using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Terminates instances for good, their disks too.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Instance))]
public sealed class RemoveInstanceCommand : InstanceChangeCommand
{
    private readonly ProtectionGuard _guard = new();

    /// <summary>Does not ask, and removes protected instances too. -WhatIf and $WhatIfPreference still hold.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "remove";

    internal override bool IsConfirmed(InstanceTarget target)
    {
        if (!Force && _guard.Objection(target.Context, target.Id, Verb) is { } objection)
        {
            Report(objection, target.Source);
            return false;
        }
        return Confirms(target.Description, "Remove instance, its disk too", Force);
    }

    internal override WaitTarget Goal => WaitTarget.Terminated;

    internal override Task<Instance> ChangeAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        target.Context.Client.RemoveAsync(target.Id, target.Known, observer, cancel);
}
