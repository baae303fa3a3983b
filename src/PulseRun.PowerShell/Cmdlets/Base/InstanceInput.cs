using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Base;

/// <summary>The base of cmdlets that take instances as objects, as ids, or as any object with an Id property.</summary>
public abstract class InstanceInput : ConnectedCmdlet
{
    /// <summary>The ids that were taken, by account, because the same id in two accounts is two instances.</summary>
    private readonly Dictionary<string, HashSet<string>> _taken = new(StringComparer.Ordinal);

    /// <summary>The instances, as other cmdlets of this module return them. Each is worked on with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>The ids of the instances: letters, digits and <c>_ - . ~ : @</c> only, without wildcards. An invalid id is an error, and nothing is sent for it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(NamedInstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>The names of the instances, as New-PRInstance or Set-PRInstance gave them. Wildcards are allowed: one that matches nothing is no error. One list serves all names.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByName, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Returns the instances that have one of the names. Call it on the pipeline thread.</summary>
    internal virtual IReadOnlyList<Instance> FindNamed(Context context) => NamedInstances.List(this, context, Name);

    /// <summary>Returns the instances of the current record. An instance that is passed more than once is returned only the first time. An item that names no instance is reported as a non-terminating error and skipped.</summary>
    internal IEnumerable<InstanceTarget> Targets()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (InstanceReference item in InputObject)
            {
                if (Find(item.Id, item) is { } target)
                    yield return target;
            }
        }
        else if (ParameterSetName == ParameterSets.ByName)
        {
            foreach (Instance named in FindNamed(CurrentContext()))
            {
                if (Find(named.Id, named) is { } target)
                    yield return target;
            }
        }
        else
        {
            foreach (string? id in Id ?? [null])
            {
                if (Find(id, null) is { } target)
                    yield return target;
            }
        }
    }

    /// <summary>Returns the instance that a pipeline object names: an instance, an id, or an object with an Id or InstanceId property. For cmdlets that bind the pipeline object themselves.</summary>
    internal IEnumerable<InstanceTarget> Targets(PSObject? input)
    {
        InstanceReference? item = input?.BaseObject as InstanceReference;
        string? id = item?.Id ?? input?.BaseObject as string ?? (input?.Properties[nameof(Id)] ?? input?.Properties["InstanceId"])?.Value?.ToString();
        return Find(id, item) is { } target ? [target] : [];
    }

    private InstanceTarget? Find(string? id, InstanceReference? item)
    {
        object source = (object?)item ?? id ?? "";
        try
        {
            InstanceIds.Check(id, MyInvocation.MyCommand.Name);
            var target = new InstanceTarget(id!, item?.Known, item is null ? CurrentContext() : ContextFor(item), source);
            if (!_taken.TryGetValue(target.Context.Account, out HashSet<string>? ids))
                _taken[target.Context.Account] = ids = new HashSet<string>(StringComparer.Ordinal);
            return ids.Add(target.Id) ? target : null;
        }
        catch (PulseRunException error)
        {
            Runner.Report(error, source);
            return null;
        }
    }
}
