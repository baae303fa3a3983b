using System;
using System.Management.Automation;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that limit what launches may cost, and say how long to look for one whose outcome is unknown.</summary>
internal sealed class LaunchLimitParameters
{
    /// <summary>The most that an instance may cost, in dollars per hour (error CostLimitExceeded). A launch fails before it is sent when such an instance cost more within the last hour. An instance that turns out to cost more is terminated immediately.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [Amount]
    public decimal? MaxHourlyCost { get; set; }

    /// <summary>The most that the whole fleet may cost, in dollars per hour, including launches under way in other commands with this store (error CostLimitExceeded). Costs one list, and sends the launches one after another. Default: the connection's limit, else none.</summary>
    [Parameter]
    [Amount]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Counts an unknown price as 0. Without this switch, a running instance without a price, or an open launch whose price was never seen, refuses a launch under a fleet limit, and a new instance without a price is terminated under any limit.</summary>
    [Parameter]
    public SwitchParameter AllowUnknownPrice { get; set; }

    /// <summary>The time after an unclear answer for which the list may lack the instance, in seconds (0 to 3600, default 15). Only after this time is an instance adopted or a launch reported as not launched; without any answer, not before the request timeout has passed too.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

    /// <summary>Returns the options for all launches of the command on a connection.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="throttle">The number of attempts that run at the same time.</param>
    /// <param name="isSettleGiven">True when the user knows how long the list may lack an instance. Otherwise a plan looks once more before it goes on by itself.</param>
    public LaunchOptions ToOptions(Context context, int throttle, bool isSettleGiven) => new()
    {
        AtOnce = throttle,
        PlanSettle = isSettleGiven ? TimeSpan.FromSeconds(SettleSec) : LaunchOptions.DefaultPlanSettle,
        MaxFleetCostPerHour = NotNegative(MaxFleetCostPerHour) ?? context.MaxFleetCostPerHour,
        AllowUnknownPrice = AllowUnknownPrice,
        Settle = TimeSpan.FromSeconds(SettleSec),
    };

    private static decimal? NotNegative(decimal? limit) => LaunchRules.CheckLimit(nameof(MaxFleetCostPerHour), limit) is { } wrong ? throw wrong : limit;
}
