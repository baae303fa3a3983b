using System.Collections.Generic;
using System.Linq;
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
    private readonly List<string> _ids = [];
    private readonly List<string> _names = [];
    private bool _isAsked;

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
        _isAsked = true;
        _ids.AddRange(Id ?? []);
        _names.AddRange(Name ?? []);
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        // With an empty pipeline OnRecord never runs; returning all schedules then would be wrong.
        if (!_isAsked)
            return;
        Context context = CurrentContext();
        ListedObjects<Schedule> schedules = ListedObjects.Schedules();
        var byId = new ObjectFilter(_ids);
        var byName = new ObjectFilter(_names.ConvertAll(static name => name.ToUpperInvariant()));
        Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Schedule> all = await schedules.OfAsync(context, Runner.Observer, cancel).ConfigureAwait(false);
                Runner.PostRows(all.Where(one => byId.Selects(one.Id) && byName.Selects(Upper(one))).ToList());
                foreach (string id in byId.Missing(all.Select(static one => one.Id).ToList()))
                    Runner.PostError(schedules.NotFound(id, isName: false), id);
                string[] missing = byName.Missing(all.Select(Upper).ToList()).ToArray();
                foreach (string name in _names.Where(name => missing.Contains(name.ToUpperInvariant())))
                    Runner.PostError(schedules.NotFound(name, isName: true), name);
            },
            context.BaseUri);
    }

    private static string Upper(Schedule schedule) => (schedule.Name ?? "").ToUpperInvariant();
}
