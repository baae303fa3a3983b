using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the policy of this machine: the rules that its administrators set for launches and cleanups. Sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Policy)]
[OutputType(typeof(Policy))]
public sealed class GetPolicyCommand : PulseRunCmdlet
{
    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (MachinePolicy.Read() is { } policy)
            WriteObject(policy);
        else
            WriteVerbose("This machine has no policy: there is no file '" + MachinePolicy.Place.Path + "'.");
    }
}
