using System;
using System.Management.Automation;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Waits until instances are ready, running, stopped or terminated. Sends one list request per poll for all instances together. Each instance is written as soon as it reaches the state.</summary>
[Cmdlet(VerbsLifecycle.Wait, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(Instance))]
public sealed class WaitInstanceCommand : InstanceInput
{
    private WaitList? _waits;

    /// <summary>The state to wait for. Ready (default): running, with an address and an ssh command. Running: running, reachable or not. Stopped. Terminated: an instance that is no longer listed counts too.</summary>
    [Parameter]
    public WaitTarget For { get; set; } = WaitTarget.Ready;

    /// <summary>The longest time to wait, in seconds (0 to 86400, default 900). With 0 the state is polled once.</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int TimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    /// <summary>The time between two polls, in seconds (1 to 3600). Default: adaptive, 2 seconds after a change and up to 15 seconds while nothing changes.</summary>
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
