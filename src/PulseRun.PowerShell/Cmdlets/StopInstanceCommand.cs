using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops instances: billing pauses, the disk is kept.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopInstanceCommand : InstanceVerbCommand
{
    internal override string Verb => "stop";

    internal override bool IsConfirmed(InstanceTarget target) => Confirms(target.Description, "Stop instance");

    internal override async Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        await target.Context.Client.StopAsync(target.Id, target.Known, observer, cancel).ConfigureAwait(false);
}
