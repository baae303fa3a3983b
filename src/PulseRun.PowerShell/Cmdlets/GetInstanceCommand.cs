using System.Management.Automation;
using PulseRun.Core.Selection;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Lists instances. One request, whatever the filters; ids that the list lacks cost one more each.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Instance, DefaultParameterSetName = ParameterSets.ById)]
[OutputType(typeof(Instance))]
public sealed partial class GetInstanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly FilterParameters _filter = new();

    [ParameterGroup]
    private readonly NoteFilterParameters _notes = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private readonly InstanceSelections _selections = new();
    private bool _everything;

    /// <summary>Only these ids, in this order. Wildcards are allowed: what they match comes first, and one that matches nothing is no error.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>Instances to read again, each with the connection it came from.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>Only instances in these states, for example running, stopped. Wildcards are allowed. Known states: provisioning, starting, running, stopping, stopped, terminating, terminated, failed, error. A state that the server adds later is shown unchanged.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StatusCompleter))]
    public string[]? Status { get; set; }

    /// <summary>Only spot instances; -Spot:$false for only the others.</summary>
    [Parameter]
    public SwitchParameter Spot { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (InstanceReference item in InputObject)
                Runner.TryItem(item, () => SelectObject(item));
        }
        else if (!MyInvocation.BoundParameters.ContainsKey(nameof(Id)))
        {
            // An empty pipeline does not call this method, so it never lists everything.
            _everything = true;
        }
        else
        {
            // -Id $null comes from a variable that should have held an id, so it must not list everything.
            foreach (string? id in Id ?? [null])
                Runner.TryItem(id, () => SelectTyped(id));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        bool? spot = MyInvocation.BoundParameters.ContainsKey(nameof(Spot)) ? Spot.IsPresent : null;
        InstanceFilter filter = _filter.ToFilter().With(static instance => instance.Status, Status).WithSpot(spot);
        _notes.AddTo(filter);
        if (Orphaned)
        {
            OrphanedNotes.Write(this, CurrentContext(), filter);
            return;
        }
        var finder = new InstanceFinder(Runner, filter, ThrottleLimit, _notes.IsGiven);
        if (_everything && !finder.List(CurrentContext(), Status))
        {
            // No instance passed the filters. If a filter has a typing error, the empty result is misleading.
            foreach (string warning in _filter.Advise(CurrentContext(), Status))
                WriteWarning(warning);
        }
        foreach ((Context context, InstanceSelection selection) in _selections.All)
            finder.Find(context, selection);
    }

    /// <summary>Takes what a user typed, which can be a pattern.</summary>
    private void SelectTyped(string? id)
    {
        if (Patterns.IsPattern(id))
        {
            _selections.On(CurrentContext()).AddPattern(id!, Patterns.Matcher(id!));
            return;
        }
        InstanceIds.Check(id);
        _selections.On(CurrentContext()).AddId(id!, id);
    }

    /// <summary>Takes an object, whose id comes from the server and names one instance.</summary>
    private void SelectObject(InstanceReference item)
    {
        InstanceIds.Check(item.Id);
        _selections.On(ContextFor(item)).AddId(item.Id, item);
    }
}
