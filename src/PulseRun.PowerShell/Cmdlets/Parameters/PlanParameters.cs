using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters of launches with alternatives: the market, the order, and how long to try again.</summary>
internal sealed class PlanParameters
{
    /// <summary>The kind of instance: OnDemand, Spot, or SpotFirst, which launches on demand where no spot instance is free. Default: that of -Spot, else the server's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public LaunchMarket? Market { get; set; }

    /// <summary>The order of the alternatives: Listed (default), as they are given, or Cheapest, the lowest price first, as last seen from this machine. Alternatives whose price was never seen come last, and a warning names them.</summary>
    [Parameter]
    public LaunchPreference Prefer { get; set; }

    /// <summary>The time for which to begin again with the first alternative after all were refused for lack of capacity, for example 02:00 for two hours (at most one day). Default: not at all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public TimeSpan? RetryFor { get; set; }

    /// <summary>The time from one round of attempts to the next, in seconds (1 to 3600, default 60). Longer times are approached from 60 seconds by doubling. Up to a fifth is added at random, and a round takes at least 2 seconds for each alternative.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int RetryEverySec { get; set; } = (int)LaunchPlan.DefaultRetryEvery.TotalSeconds;

    /// <summary>Returns the plan for one record of the input, in the listed order.</summary>
    /// <param name="launch">The instance to launch.</param>
    /// <param name="bound">The bound parameters of the cmdlet.</param>
    /// <param name="typed">The parameters that were given on the command line, and not by the pipeline.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is empty or given twice, values contradict, or a time is out of its range.</exception>
    public LaunchPlan ToPlan(LaunchParameters launch, IDictionary<string, object> bound, ICollection<string> typed)
    {
        bool isRegionPiped = !typed.Contains(nameof(launch.Region));
        IReadOnlyList<string> regions = PlanAlternatives.Values(nameof(launch.Region), launch.Region);
        IReadOnlyList<string?> places = isRegionPiped ? regions.Select(LaunchRules.RegionOf).Distinct(StringComparer.OrdinalIgnoreCase).ToList() : regions.ToList<string?>();
        return new LaunchPlan(PlanAlternatives.Of(
            launch.ToRequest(bound),
            PlanAlternatives.Values(nameof(launch.Gpu), launch.Gpu),
            places,
            PlanAlternatives.Values(nameof(launch.Provider), launch.Provider),
            Spots(launch, bound, typed)))
        {
            RetryFor = Times.Check(nameof(RetryFor), RetryFor, LaunchPlan.LongestRetry, mayBeZero: true) ?? TimeSpan.Zero,
            RetryEvery = TimeSpan.FromSeconds(RetryEverySec),
        };
    }

    /// <summary>Returns the values of <c>spot</c> in the order in which they are tried. -Spot is -Market Spot; an instance of the pipeline has a Spot, and a -Market on the command line overrides it.</summary>
    private IReadOnlyList<bool?> Spots(LaunchParameters launch, IDictionary<string, object> bound, ICollection<string> typed)
    {
        bool? spot = bound.ContainsKey(nameof(launch.Spot)) ? launch.Spot.IsPresent : null;
        if (Market is not { } market)
            return [spot];
        bool isOverridden = typed.Contains(nameof(Market)) && !typed.Contains(nameof(launch.Spot));
        return spot is null || isOverridden || market == (spot.Value ? LaunchMarket.Spot : LaunchMarket.OnDemand)
            ? PlanAlternatives.Spots(market)
            : throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was launched: Market: " + market + " contradicts -Spot" + (spot.Value ? "" : ":$false") + ". Give one of them.") { Field = nameof(Market) };
    }
}
