using System.Management.Automation;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes schedules. An instance that a run has launched goes on.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Schedule, DefaultParameterSetName = ParameterSets.ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class RemoveScheduleCommand : ConnectedCmdlet
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

    /// <summary>The schedules, as Get-PRSchedule returns them. Each is removed with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Schedule[] InputObject { get; set; } = [];

    internal override string Verb => "remove";

    internal override string AdviceForPending => "Check with Get-PRSchedule.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (Schedule schedule in InputObject)
                Remove(schedule.Id, null, schedule.Origin, Describe(schedule), schedule);
        }
        else if (ParameterSetName == ParameterSets.ById)
        {
            foreach (string id in Id)
                Remove(id, null, null, id, id);
        }
        else
        {
            foreach (string name in Name)
                Remove(null, name, null, "'" + CleanText.Clean(name, 60) + "'", name);
        }
    }

    private void Remove(string? id, string? name, Context? origin, string what, object source) => Runner.TryItem(source, () =>
    {
        Context context = Connections.For(origin, id ?? "", Context);
        if (!Prompt.Confirms("schedule " + what, "Remove schedule"))
            return;
        Runner.Queue(id ?? name!, source, 16, async (observer, cancel) =>
        {
            string found = id ?? (await _listed.FindAsync(context, null, name, observer, cancel).ConfigureAwait(false)).Id;
            await Connection.Of(context).Client.RemoveScheduleAsync(found, observer, cancel).ConfigureAwait(false);
            return null;
        });
    });

    private static string Describe(Schedule schedule) => schedule.Id + (schedule.Name is null ? "" : " ('" + CleanText.Clean(schedule.Name, 60) + "')");
}
