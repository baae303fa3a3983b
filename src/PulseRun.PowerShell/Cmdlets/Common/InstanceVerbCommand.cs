using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that does one thing to each of many instances: at once, with results in the order of the input.</summary>
public abstract class InstanceVerbCommand : PulseRunConnectedCmdlet
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The instances, as other cmdlets of this module put them out. Each is acted on with the connection it came from.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>The ids of the instances. Letters, digits and _ - . ~ : @ only; no wildcards.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    public string?[]? Id { get; set; }

    /// <summary>How many instances are worked on at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <summary>Asks or tells before anything is sent. On the pipeline thread.</summary>
    internal virtual bool IsConfirmed(InstanceTarget target) => true;

    /// <summary>Does the work on one instance.</summary>
    internal abstract Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel);

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (InstanceReference item in InputObject)
                Take(item, item.Id, () => new InstanceTarget(item.Id, item.Known, ContextFor(item), item));
        }
        else
        {
            foreach (string? id in Id ?? [null])
                Take(id ?? "", id, () => new InstanceTarget(id!, null, CurrentContext(), id!));
        }
    }

    private void Take(object source, string? id, Func<InstanceTarget> resolve)
    {
        InstanceTarget target;
        try
        {
            if (!InstanceIds.IsValid(id))
                throw InstanceIds.Refuse(id);
            target = resolve();
        }
        catch (PulseRunException error)
        {
            Report(error, source);
            return;
        }
        // The same instance piped twice is acted on once; the same id in two accounts is two instances.
        if (!_seen.Add(target.Context.Account + "\n" + target.Id) || !IsConfirmed(target))
            return;
        Queue(target.Id, target.Source, ThrottleLimit, (observer, cancel) => ActAsync(target, observer, cancel));
    }
}
