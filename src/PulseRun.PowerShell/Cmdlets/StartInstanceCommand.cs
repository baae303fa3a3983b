using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Starts stopped instances: billing goes on.</summary>
[Cmdlet(VerbsLifecycle.Start, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Instance))]
public sealed class StartInstanceCommand : InstanceChangeCommand
{
    internal override string Verb => "start";

    internal override bool IsConfirmed(InstanceTarget target) => Confirms(target.Description, "Start instance");

    internal override WaitTarget Goal => WaitTarget.Ready;

    internal override Task<Instance> ChangeAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        target.Context.Client.StartAsync(target.Id, target.Known, observer, cancel);
}
