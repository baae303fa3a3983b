using System;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Completion;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters that limit the acts of a cleanup, for a run and for a registered task.</summary>
internal sealed class ActLimitParameters
{
    /// <summary>
    /// Removes instances, including their disks, that this machine has seen stopped for this long. No two looks may be further apart than a sixth of
    /// this time, or one day. Default: removes none. Invoke-PRCleanup asks for confirmation unless -Force or -Confirm:$false is given; a registered
    /// task does not ask.
    /// </summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>The largest number of instances that one run acts on (0 or more, default 10), the most expensive idle ones first. Runs on one machine that overlap share this number. Warnings do not count.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>
    /// The largest number of instances that one run acts on, in percent of the running instances that it considers (above 0, up to 100). Default: no such limit. One act
    /// is always allowed. It holds together with -MaxActions, and runs that overlap share it too.
    /// </summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? MaxActionPercent { get; set; }
}
