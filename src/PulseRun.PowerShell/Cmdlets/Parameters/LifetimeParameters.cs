using System;
using System.Management.Automation;
using PulseRun.Core.Cleanup;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters for lifetimes and off hours, for a run and for a registered task.</summary>
internal sealed class LifetimeParameters
{
    /// <summary>How long before the end of a lifetime a warning is sent, once (default 00:15:00; 0 for none). It goes to the receiver of notifications, if there is one. A warning that cannot be delivered keeps nothing alive.</summary>
    [Parameter]
    public TimeSpan WarnBeforeExpiry { get; set; } = LifetimeRule.UsualWarning;

    /// <summary>Starts instances that cleanup stopped for the off hours of their tag offhours, when the off hours are over. Default: they stay stopped.</summary>
    [Parameter]
    public SwitchParameter StartAfterOffHours { get; set; }

    /// <summary>Returns the rule that the parameters describe.</summary>
    /// <param name="canWarn">True when warnings have a receiver.</param>
    /// <param name="idleFollows">True when the run also decides by idleness.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is out of range.</exception>
    public LifetimeRule RuleFor(bool canWarn, bool idleFollows)
    {
        var rule = new LifetimeRule { WarnBefore = WarnBeforeExpiry, CanWarn = canWarn, StartsAfterOffHours = StartAfterOffHours, IdleFollows = idleFollows };
        return rule.Check() is { } wrong ? throw wrong : rule;
    }
}
