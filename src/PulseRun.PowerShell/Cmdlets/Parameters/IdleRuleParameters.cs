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

    /// <summary>
    /// The number of slots of the window that must have a reading (1 or more, default 20). The window has twice as many slots, so readings close
    /// together count once. With 20, a load that works at least 21 % of the time is detected with a probability of 99 %. Auto requires 20, and more
    /// low readings in a row, up to 60, of an instance that was at work in only a small share of its readings of the last day.
    /// </summary>
    [Parameter]
    public SampleRequirement MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>The longest time between any moment of the window and the reading before it. Default: a sixth of the window.</summary>
    [Parameter]
    public TimeSpan? MaxGap { get; set; }

    /// <summary>
    /// Ignores GPU memory. Without this switch, an instance with 50 % or more of its GPU memory in use is Unknown (MemoryHeld), because a loaded
    /// model may be waiting for work.
    /// </summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>
    /// The scale of the server's utilization: Percent (0 to 100) or Fraction (0 to 1; a value above 1 is read as percent). Default: not known. An
    /// instance whose readings are all at most 1, and not all 0, is then Unknown (UnitUnclear), unless earlier readings show percent.
    /// </summary>
    [Parameter]
    public UnitScale? UnitScale { get; set; }

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="window">The time that an instance must have been idle.</param>
    /// <param name="parameter">The name of the parameter that holds the window.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range. The message names it.</exception>
    public IdleRule RuleFor(TimeSpan window, string parameter)
    {
        var rule = new IdleRule { For = window, GpuBelow = GpuBelow, MinSamples = MinSamples.Count, AdaptsSamples = MinSamples.IsAuto, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory, UnitScale = UnitScale };
        return rule.Check(parameter) is { } wrong ? throw wrong : rule;
    }
}
