using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameter for an outage of the metrics, and creates the rule of a cleanup.</summary>
internal sealed class CleanupParameters
{
    /// <summary>Acts on nothing (error MetricsOutage) when more than this share of the instances that were asked for metrics in this run returned none, in percent (0 to 100, default 50).</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MaxUnknownPercent { get; set; } = new CleanupRule().MaxUnknownPercent;

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="selected">The instances that the cleanup may act on.</param>
    /// <param name="limits">The limits of the acts.</param>
    /// <param name="ladder">The rule for the warning before a stop; null for none.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range. The message names it.</exception>
    public CleanupRule RuleFor(InstanceFilter selected, ActLimitParameters limits, LadderRule? ladder)
    {
        InstanceFilter? excluded = limits.Exclude is { Length: > 0 } ids ? new InstanceFilter().With(static instance => instance.Id, ids) : null;
        var rule = new CleanupRule
        {
            MaxActions = limits.MaxActions,
            MaxActionPercent = limits.MaxActionPercent,
            MaxUnknownPercent = MaxUnknownPercent,
            RemoveStoppedAfter = limits.RemoveStoppedAfter,
            Ladder = ladder,
            Selects = selected.Passes,
            Excludes = instance => excluded?.Passes(instance) ?? false,
        };
        return rule.Check() is { } wrong ? throw wrong : rule;
    }
}
