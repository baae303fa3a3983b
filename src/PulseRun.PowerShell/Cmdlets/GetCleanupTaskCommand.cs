using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Scheduling;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Lists the cleanups that a scheduler of this machine starts for this user. Sends nothing.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.CleanupTask)]
[OutputType(typeof(CleanupTask))]
public sealed class GetCleanupTaskCommand : PulseRunCmdlet
{
    /// <summary>Only tasks of this name. Wildcards are allowed. Default: all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string Name { get; set; } = "*";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        var pattern = new WildcardPattern(Name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        WriteObject(CleanupTasks.List().Where(task => pattern.IsMatch(task.Name)).ToList(), enumerateCollection: true);
    }
}
