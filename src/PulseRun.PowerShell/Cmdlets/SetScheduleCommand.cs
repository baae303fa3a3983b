using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Changes a schedule. The values that are not given stay as they are.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Schedule, DefaultParameterSetName = ParameterSets.ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Schedule))]
public sealed partial class SetScheduleCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly ScheduleParameters _schedule = new();

    private readonly ListedObjects<Schedule> _listed = ListedObjects.Schedules();

    /// <summary>The name of the schedule; case does not matter. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByName, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The id of the schedule. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ScheduleId")]
    [ArgumentCompleter(typeof(ScheduleIdCompleter))]
    public string? Id { get; set; }

    /// <summary>The schedule, as Get-PRSchedule returns it. It is changed with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Schedule? InputObject { get; set; }

    /// <summary>The new name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>The new GPU type slug.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string? Gpu { get; set; }

    /// <summary>The new template slug.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string? Template { get; set; }

    /// <summary>The new cron expression of five fields. It is checked before anything is sent.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Cron { get; set; }

    internal override string Verb => "change";

    internal override string AdviceForPending => "Check with Get-PRSchedule.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        object source = (object?)InputObject ?? Id ?? Name ?? "";
        string? id = InputObject?.Id ?? Id;
        ScheduleChange change = new(NewName, Gpu, Template, Cron, request => _schedule.ApplyTo(request, MyInvocation.BoundParameters));
        Runner.TryItem(source, () =>
        {
            change.Check(MyInvocation.BoundParameters.Keys);
            Context context = Connections.For(InputObject?.Origin, id ?? "", Context);
            Schedule? known = null;
            // Read before the question, because a PUT replaces the whole schedule, and the question shows the result.
            if (!Runner.RunToEnd(async cancel => known = await _listed.FindAsync(context, id, id is null ? Name : null, Runner.Observer, cancel).ConfigureAwait(false), source))
                return;
            ScheduleRequest request = ScheduleParameters.Check(change.Of(known!));
            if (!Prompt.Confirms(ScheduleWords.Describe(request, context), "Change schedule " + known!.Id))
                return;
            Runner.Queue(known.Id, source, 1, async (observer, cancel) => await Connection.Of(context).Client.SetScheduleAsync(known.Id, request, known, observer, cancel).ConfigureAwait(false));
        });
    }
}
