using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Shows the connection that cmdlets use now; nothing when there is none. Never the key.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Context)]
[OutputType(typeof(Context))]
public sealed class GetContextCommand : PulseRunCmdlet
{
    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (Connections.Find() is { IsClosed: false } context)
            WriteObject(context);
        else
            WriteVerbose("There is no connection; Connect-PulseRun makes one.");
    }
}
