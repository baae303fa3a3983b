using System;
using System.Management.Automation;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Waits until instances are ready, running, stopped or terminated: one list a look for all together. Each is written as it gets there.</summary>
[Cmdlet(VerbsLifecycle.Wait, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(Instance))]
public sealed class WaitInstanceCommand : InstanceInput
{
    private WaitList? _waits;

    /// <summary>The state to wait for. Ready (default): running, with an address and an ssh command. Running: running, reachable or not. Stopped. Terminated: an instance that is no longer listed counts too.</summary>
    [Parameter]
    public WaitTarget For { get; set; } = WaitTarget.Ready;

    /// <summary>How long at most, in seconds (0 to 86400, default 900). With 0 there is one look.</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int TimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    /// <summary>The time between two looks, in seconds (1 to 3600). Default: 2 s after a change, up to 15 s when nothing changes.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int? PollSeconds { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _waits = new WaitList(Runner, For);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
            _waits!.Add(target.Context, target.Id, statusBefore: null, target.Source, mayBeUnknown: true);
    }

    /// <inheritdoc/>
    protected override void OnEnd() =>
        _waits!.Run(TimeSpan.FromSeconds(TimeoutSec), PollSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}
