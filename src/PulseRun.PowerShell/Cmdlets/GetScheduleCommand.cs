using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the schedules of the account, with their next three times.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Schedule, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Schedule))]
public sealed class GetScheduleCommand : ConnectedCmdlet
{
    private readonly ObjectFilter _ids = new();
    private readonly ObjectFilter _names = new(ignoresCase: true);

    /// <summary>Only the schedules with these names. Wildcards are allowed, and case does not matter. A name without wildcards that does not exist is an error.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByName, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only the schedules with these ids. Wildcards are allowed. An id without wildcards that does not exist is an error.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, Mandatory = true)]
    [Alias("ScheduleId")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    public string[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        _ids.Add(Id);
        _names.Add(Name);
    }

    /// <inheritdoc/>
    protected override void OnEnd() => ListedObjects.Schedules().WriteSelected(this, _ids, _names, null);
}
