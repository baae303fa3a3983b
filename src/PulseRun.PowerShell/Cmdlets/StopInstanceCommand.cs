using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops instances: billing pauses, the disk is kept.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopInstanceCommand : InstanceChangeCommand
{
    private readonly ProtectionGuard _guard = new();

    /// <summary>Stops protected instances too. It skips no question.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Verb => "stop";

    internal override bool IsConfirmed(InstanceTarget target)
    {
        if (!Force && _guard.Objection(target.Context, target.Id, Verb) is { } objection)
        {
            Report(objection, target.Source);
            return false;
        }
        return Confirms(target.Description, "Stop instance");
    }

    internal override WaitTarget Goal => WaitTarget.Stopped;

    internal override async Task<Instance> ChangeAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await target.Context.Client.StopAsync(target.Id, target.Known, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InvalidRequest && error.StatusCode == 400)
        {
            throw error.Advised("Some providers cannot stop an instance. Then it is billed until Remove-PRInstance " + target.Id + ", which deletes its disk too.");
        }
    }
}
