using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.PowerShell.Completion;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that takes many instances, as objects, ids, or anything with an Id property.</summary>
public abstract class InstanceInputCommand : PulseRunConnectedCmdlet
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The instances, as other cmdlets of this module put them out. Each is worked on with the connection it came from.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>The ids of the instances. Letters, digits and _ - . ~ : @ only; no wildcards.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>Takes one instance, once. On the pipeline thread.</summary>
    internal abstract void Accept(InstanceTarget target);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (InstanceReference item in InputObject)
                WantObject(item);
        }
        else
        {
            foreach (string? id in Id ?? [null])
                WantId(id);
        }
    }

    /// <summary>Takes anything that the pipeline may bring, for a cmdlet that binds it by itself: an instance, an id, or an object with an Id or InstanceId.</summary>
    internal void Want(PSObject? input)
    {
        if (input?.BaseObject is InstanceReference item)
            WantObject(item);
        else if (input?.BaseObject is string id)
            WantId(id);
        else
            WantId((input?.Properties[nameof(Id)] ?? input?.Properties["InstanceId"])?.Value?.ToString());
    }

    private void WantObject(InstanceReference item) => Want(item, item.Id, () => new InstanceTarget(item.Id, item.Known, ContextFor(item), item));

    private void WantId(string? id) => Want(id ?? "", id, () => new InstanceTarget(id!, null, CurrentContext(), id!));

    private void Want(object source, string? id, Func<InstanceTarget> resolve)
    {
        InstanceTarget? target = null;
        Take(source, () =>
        {
            InstanceIds.Check(id);
            target = resolve();
        });
        // The same instance piped twice is worked on once; the same id in two accounts is two instances.
        if (target is not null && _seen.Add(target.Context.Account + "\n" + target.Id))
            Accept(target);
    }
}
