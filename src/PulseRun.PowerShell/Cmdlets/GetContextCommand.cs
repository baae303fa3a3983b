using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the connection that cmdlets use now, or nothing when there is none. The key is never shown.</summary>
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
            WriteVerbose("There is no connection. Use Connect-PulseRun to open one.");
    }
}
