using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Scheduling;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the cleanup tasks that the schedulers of this machine run for the current user. Sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.CleanupTask)]
[OutputType(typeof(CleanupTask))]
public sealed class GetCleanupTaskCommand : PulseRunCmdlet
{
    /// <summary>The name of the tasks to return. Wildcards are allowed. Default: all tasks.</summary>
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
