using System;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that say how far a cleanup may go.</summary>
internal sealed class CleanupParameters
{
    /// <summary>Removes instances, including their disks, that this machine has seen stopped for this long. No two looks may be further apart than a sixth of this time, or one day. Default: removes none. Asks for confirmation unless -Force or -Confirm:$false is given.</summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>How many instances one run acts on (0 or more, default 10), the most expensive idle ones first. Runs on one machine that overlap share this number.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>Acts on nothing (error MetricsOutage) when more than this share of the instances that were asked for metrics in this run returned none, in percent (0 to 100, default 50).</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MaxUnknownPercent { get; set; } = new CleanupRule().MaxUnknownPercent;

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="selected">The instances that the cleanup may act on.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range. The message names it.</exception>
    public CleanupRule RuleFor(InstanceFilter selected)
    {
        InstanceFilter? excluded = Exclude is { Length: > 0 } ? new InstanceFilter().With(static instance => instance.Id, Exclude) : null;
        var rule = new CleanupRule
        {
            MaxActions = MaxActions,
            MaxUnknownPercent = MaxUnknownPercent,
            RemoveStoppedAfter = RemoveStoppedAfter,
            Selects = selected.Passes,
            Excludes = instance => excluded?.Passes(instance) ?? false,
        };
        return rule.Check() is { } wrong ? throw wrong : rule;
    }
}
