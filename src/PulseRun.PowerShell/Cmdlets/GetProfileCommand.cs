using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the saved profiles, without their keys. Sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Profile)]
[OutputType(typeof(Profile))]
public sealed class GetProfileCommand : PulseRunCmdlet
{
    /// <summary>The names of the profiles to return. Wildcards are allowed. Default: all profiles.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        var profiles = Profiles.Use(static saved => saved.List());
        foreach (string name in Name)
        {
            bool isFound = false;
            WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            foreach (Profile profile in profiles)
            {
                if (!pattern.IsMatch(profile.Name))
                    continue;
                isFound = true;
                WriteObject(profile);
            }
            if (!isFound && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(PulseRun.PowerShell.Running.ErrorRecords.From(Profiles.NoSuch(name), name));
        }
    }
}
