using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Ends the protection of instances. Sends nothing.</summary>
[Cmdlet(VerbsSecurity.Unprotect, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class UnprotectInstanceCommand : InstanceInputCommand
{
    internal override void Accept(InstanceTarget target)
    {
        if (!Confirms(target.Description, "End protection of instance"))
            return;
        Must(
            store =>
            {
                if (!store.Protections.Unprotect(target.Id))
                    WriteVerbose(target.Id + " was not protected.");
            },
            target.Source);
    }
}
