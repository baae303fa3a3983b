using System;
using System.Management.Automation;
using PulseRun.Core.Idle;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters of cmdlets that decide whether instances are idle.</summary>
internal sealed class IdleRuleParameters
{
    /// <summary>The GPU utilisation, in percent, at or above which a GPU is busy (above 0, up to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>The number of slots of the window that must contain a reading (1 or more, default 20). The window is divided into twice as many slots, and several readings in one slot count once. With 20, a load that is at work for 21 % of the time or more is detected with a probability of 99 %.</summary>
    [Parameter]
    public int MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>The longest allowed gap between two readings in the window. Default: one sixth of the window.</summary>
    [Parameter]
    public TimeSpan? MaxGap { get; set; }

    /// <summary>Ignores GPU memory in use. Without this switch, an instance that uses 50 % or more of its GPU memory is Unknown, not Idle.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>The scale of the utilisation that the server reports: Percent (0 to 100) or Fraction (0 to 1). Default: undetermined; an instance whose readings are all between 0 and 1, and not all 0, is then Unknown with the reason UnitUnclear.</summary>
    [Parameter]
    public UnitScale? UnitScale { get; set; }

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="window">The time that an instance must have been idle.</param>
    /// <param name="parameter">The name of the parameter that holds the window.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range. The message names it.</exception>
    public IdleRule RuleFor(TimeSpan window, string parameter)
    {
        var rule = new IdleRule { For = window, GpuBelow = GpuBelow, MinSamples = MinSamples, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory, UnitScale = UnitScale };
        return rule.Check(parameter) is { } wrong ? throw wrong : rule;
    }
}
