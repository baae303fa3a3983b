using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes the protection of instances on this machine. Sends no request.</summary>
[Cmdlet(VerbsSecurity.Unprotect, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class UnprotectInstanceCommand : InstanceInput
{
    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Prompt.Confirms(target.Description, "End protection of instance"))
                Runner.TryItem(target.Source, () => Store.Use(store => Unprotect(store.Notes, target)));
        }
    }

    private void Unprotect(INotes notes, InstanceTarget target)
    {
        if (!notes.Unprotect(target.Id))
            WriteVerbose(target.Id + " was not protected.");
    }
}
