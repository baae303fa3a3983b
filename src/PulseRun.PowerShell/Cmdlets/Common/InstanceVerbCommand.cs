using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that does one thing to each of many instances: at once, with results in the order of the input.</summary>
public abstract class InstanceVerbCommand : InstanceInputCommand
{
    /// <summary>How many instances are worked on at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <summary>Asks or tells before anything is sent. On the pipeline thread.</summary>
    internal virtual bool IsConfirmed(InstanceTarget target) => true;

    /// <summary>Does the work on one instance; what it answers is written.</summary>
    internal abstract Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel);

    internal override void Accept(InstanceTarget target)
    {
        if (IsConfirmed(target))
            Queue(target.Id, target.Source, ThrottleLimit, (observer, cancel) => ActAsync(target, observer, cancel));
    }
}
