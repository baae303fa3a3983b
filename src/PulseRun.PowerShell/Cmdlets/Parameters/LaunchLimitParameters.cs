using System;
using System.Management.Automation;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that limit what launches may cost, and say how long to look for one whose outcome is unknown.</summary>
internal sealed class LaunchLimitParameters
{
    /// <summary>The most an instance may cost in dollars per hour. Refused before the launch when such an instance cost more within the last hour; one that turns out to cost more is terminated at once: CostLimitExceeded.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public decimal? MaxHourlyCost { get; set; }

    /// <summary>The most the whole fleet may cost in dollars per hour, these launches and those under way in other commands included. Costs one list; launches then go one after another. Default: the connection's limit.</summary>
    [Parameter]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Counts a price that is not known as 0. Else an instance of the fleet without a price refuses a launch under a fleet limit, and a new instance without a price is terminated under a limit.</summary>
    [Parameter]
    public SwitchParameter AllowUnknownPrice { get; set; }

    /// <summary>How long after an unclear answer the list may still lack the instance, in seconds (0 to 3600, default 15). Only then is a launch said not to have happened.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

    /// <summary>Returns the options for all launches of the command on a connection.</summary>
    public LaunchOptions ToOptions(Context context) => new()
    {
        MaxFleetCostPerHour = MaxFleetCostPerHour ?? context.MaxFleetCostPerHour,
        AllowUnknownPrice = AllowUnknownPrice,
        Settle = TimeSpan.FromSeconds(SettleSec),
    };
}
