using System;
using System.Management.Automation;
using PulseRun.Idle;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that judges whether instances are idle: what counts as idle is said the same way everywhere.</summary>
public abstract class IdleRuleCommand : PulseRunConnectedCmdlet
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

    /// <summary>How many instances are worked on at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <summary>The rule the parameters make.</summary>
    /// <param name="window">How long it must have been idle.</param>
    /// <param name="parameter">The parameter that says so.</param>
    /// <exception cref="PulseRunException">InvalidRequest: names the parameter that is wrong.</exception>
    internal IdleRule RuleFor(TimeSpan window, string parameter)
    {
        var rule = new IdleRule { For = window, GpuBelow = GpuBelow, MinSamples = MinSamples, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory, UnitScale = UnitScale };
        return rule.Check(parameter) is { } wrong ? throw wrong : rule;
    }
}
