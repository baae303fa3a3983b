using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops instances: billing pauses, the disk is kept.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopInstanceCommand : InstanceChangeCommand
{
    internal override string Verb => "stop";

    internal override bool IsConfirmed(InstanceTarget target) => Confirms(target.Description, "Stop instance");

    internal override WaitTarget Goal => WaitTarget.Stopped;

    internal override Task<Instance> ChangeAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        target.Context.Client.StopAsync(target.Id, target.Known, observer, cancel);
}
