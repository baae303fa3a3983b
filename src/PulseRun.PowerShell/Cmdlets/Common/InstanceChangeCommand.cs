using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.Waiting;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that changes the state of many instances, and can wait until it is so.</summary>
public abstract class InstanceChangeCommand : InstanceVerbCommand
{
    private WaitList? _waits;

    /// <summary>Waits until each instance is where it should be: one list a look for all together. Each is put out as it gets there.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long -Wait waits, in seconds (1 to 86400, default 900), from the last answer on.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitTerms.DefaultTimeout.TotalSeconds;

    /// <summary>Where -Wait waits for it to get.</summary>
    internal abstract WaitTarget Goal { get; }

    /// <summary>Sends the change.</summary>
    internal abstract Task<Instance> ChangeAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel);

    internal sealed override async Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        Instance now = await ChangeAsync(target, observer, cancel).ConfigureAwait(false);
        return _waits is { } waits ? waits.Take(target.Context, now, target.Known?.Status, target.Source) : now;
    }

    /// <inheritdoc/>
    protected sealed override void OnBegin() => _waits = Wait ? new WaitList(this, Goal) : null;

    /// <inheritdoc/>
    protected sealed override void OnFlushed() => _waits?.Run(TimeSpan.FromSeconds(WaitTimeoutSec), interval: null);
}
