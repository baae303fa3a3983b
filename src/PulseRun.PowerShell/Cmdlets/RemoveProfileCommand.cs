using System.Management.Automation;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Deletes saved profiles and their keys. Open connections stay open.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Profile, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class RemoveProfileCommand : PulseRunCmdlet
{
    /// <summary>The names of the profiles to delete. Wildcards are not allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (string name in Name)
        {
            if (Prompt.Confirms("profile " + CleanText.Clean(name, 80), "Forget profile and key") && !Profiles.Use(saved => saved.Remove(name)))
                WriteError(PulseRun.PowerShell.Running.ErrorRecords.From(Profiles.NoSuch(name), name));
        }
    }
}
