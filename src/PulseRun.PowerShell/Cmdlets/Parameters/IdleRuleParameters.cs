using System;
using System.Management.Automation;
using PulseRun.Core.Idle;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters of cmdlets that decide whether instances are idle.</summary>
internal sealed class IdleRuleParameters
{
    /// <summary>A GPU at or above this is busy, in percent (above 0 to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>In how many slots of the window there must be a reading (1 or more, default 20: a load that works 21 % of the time or more is then seen with 99 %). The window has twice as many slots, so that readings close together count once.</summary>
    [Parameter]
    public int MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>How far any moment may be from the reading before it. Default: a sixth of the window.</summary>
    [Parameter]
    public TimeSpan? MaxGap { get; set; }

    /// <summary>Does not mind held GPU memory. Else an instance with 50 % or more of it in use is Unknown, not Idle.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>The scale of the server's utilisation: Percent (0 to 100) or Fraction (0 to 1). Default: unknown, so that an instance whose readings are all up to 1, and not all 0, is Unknown (UnitUnclear).</summary>
    [Parameter]
    public UnitScale? UnitScale { get; set; }

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="window">How long an instance must have been idle.</param>
    /// <param name="parameter">The name of the parameter that holds the window.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range. The message names it.</exception>
    public IdleRule RuleFor(TimeSpan window, string parameter)
    {
        var rule = new IdleRule { For = window, GpuBelow = GpuBelow, MinSamples = MinSamples, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory, UnitScale = UnitScale };
        return rule.Check(parameter) is { } wrong ? throw wrong : rule;
    }
}
