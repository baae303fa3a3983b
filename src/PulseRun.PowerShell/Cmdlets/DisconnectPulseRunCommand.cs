using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Closes every connection of this session and erases its key from memory. Saved profiles are kept.</summary>
[Cmdlet(VerbsCommunications.Disconnect, Nouns.Connection)]
[OutputType(typeof(void))]
public sealed class DisconnectPulseRunCommand : PulseRunCmdlet
{
    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (!RunspaceState.Current.Disconnect())
            WriteVerbose("There was no connection.");
    }
}
