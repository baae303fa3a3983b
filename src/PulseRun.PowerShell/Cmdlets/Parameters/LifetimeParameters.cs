using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Cleanup;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters for lifetimes and off hours, for a run and for a registered task.</summary>
internal sealed class LifetimeParameters
{
    private static readonly string[] s_ofIdleness = ["IdleFor", "MinSamples", "MaxGap", "GpuBelow", "IgnoreMemory", "UnitScale", "WarnAfter", "Probe", "RemoveStoppedAfter", "MaxUnknownPercent", "Jitter"];

    /// <summary>The time before the end of a lifetime at which a warning is sent, once (default 00:15:00; 0 for none). It goes to the receiver of notifications, if there is one. A warning that cannot be delivered keeps nothing alive.</summary>
    [Parameter]
    public TimeSpan WarnBeforeExpiry { get; set; } = LifetimeRule.UsualWarning;

    /// <summary>Starts instances that cleanup stopped for the off hours of their tag offhours, when the off hours are over. Default: they stay stopped.</summary>
    [Parameter]
    public SwitchParameter StartAfterOffHours { get; set; }

    /// <summary>Refuses parameters that have no effect on a run that does not decide by idleness.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: such a parameter is given.</exception>
    public static void RefuseIdleParameters(IDictionary<string, object> given, string consequence)
    {
        foreach (string name in s_ofIdleness)
        {
            if (given.ContainsKey(name))
                throw new PulseRunException(ErrorIds.InvalidRequest, consequence + ": " + name + ": it goes with -IdleFor only, and this run only ends lifetimes.") { Field = name };
        }
    }

    /// <summary>Returns the arguments of a task's script: with these parameters, and without those of idleness if the task only ends lifetimes.</summary>
    public IReadOnlyList<string> AddTo(IReadOnlyList<string> arguments, bool isOnly)
    {
        RuleFor(canWarn: true, idleFollows: !isOnly);
        var all = new List<string>();
        if (isOnly)
            all.Add("-Lifetimes");
        for (int i = 0; i < arguments.Count; i++)
        {
            if (isOnly && (arguments[i] is "-IdleFor" or "-MinSamples"))
                i++;
            else
                all.Add(arguments[i]);
        }
        if (WarnBeforeExpiry != LifetimeRule.UsualWarning)
            all.AddRange(["-WarnBeforeExpiry", WarnBeforeExpiry.ToString("c", CultureInfo.InvariantCulture)]);
        if (StartAfterOffHours)
            all.Add("-StartAfterOffHours");
        return all;
    }

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
