using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the runs of schedules: when they ran, on which instance, and what they cost.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.ScheduleRun, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ScheduleRun))]
public sealed class GetScheduleRunCommand : ConnectedCmdlet
{
    private readonly ListedObjects<Schedule> _listed = ListedObjects.Schedules();

    /// <summary>The names of the schedules; case does not matter. Wildcards are not allowed. Costs one list.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByName, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The ids of the schedules. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ScheduleId")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>The schedules, as Get-PRSchedule returns them. The runs are read with the connection that returned the schedule.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Schedule[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (Schedule schedule in InputObject)
                Read(schedule.Id, null, schedule.Origin, schedule);
        }
        else if (ParameterSetName == ParameterSets.ById)
        {
            foreach (string id in Id)
                Read(id, null, null, id);
        }
        else
        {
            foreach (string name in Name)
                Read(null, name, null, name);
        }
    }

    private void Read(string? id, string? name, Context? origin, object source) => Runner.TryItem(source, () =>
    {
        Context context = Connections.For(origin, id ?? "", Context);
        Runner.RunToEnd(
            async cancel =>
            {
                string found = id ?? (await _listed.FindAsync(context, null, name, Runner.Observer, cancel).ConfigureAwait(false)).Id;
                Runner.PostRows(await Connection.Of(context).Client.GetScheduleRunsAsync(found, Runner.Observer, cancel).ConfigureAwait(false));
            },
            source);
    });
}
