using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Knows what the alternatives of a plan cost, as far as this machine has seen it, orders them by it, and describes the plan.</summary>
internal sealed class PlanPrices
{
    private readonly ConnectedCmdlet _cmdlet;
    private readonly LaunchPlan _plan;
    private readonly Dictionary<LaunchRequest, decimal?> _prices;

    /// <param name="cmdlet">The cmdlet: its warnings.</param>
    /// <param name="context">The connection.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="isKnown">False with -NoJournal, which does not read the store.</param>
    public PlanPrices(ConnectedCmdlet cmdlet, Context context, LaunchPlan plan, bool isKnown)
    {
        _cmdlet = cmdlet;
        _plan = plan;
        _prices = plan.Alternatives.ToDictionary(static one => one, one => isKnown ? LaunchWords.PriceOf(context, one) : null);
    }

    /// <summary>Gets the highest known price of an alternative, in dollars per hour; null when none is known.</summary>
    public decimal? Highest => _prices.Values.Max();

    /// <summary>Returns the plan in the preferred order, and warns of alternatives whose price decides nothing because it is not known.</summary>
    public LaunchPlan Order(LaunchPreference preference)
    {
        if (preference != LaunchPreference.Cheapest || _plan.Alternatives.Count == 1)
            return _plan;
        string[] unknown = _plan.Alternatives.Where(one => _prices[one] is null).Select(LaunchWords.Describe).ToArray();
        if (unknown.Length > 0)
        {
            _cmdlet.WriteWarning("-Prefer Cheapest: the price of " + (unknown.Length == _plan.Alternatives.Count ? "no alternative is known, so the listed order is kept."
                : unknown.Length.ToString(CultureInfo.InvariantCulture) + " of " + _plan.Alternatives.Count.ToString(CultureInfo.InvariantCulture) + " alternatives is not known, so they come last: "
                    + CleanText.Clean(string.Join("; ", unknown), 400) + "."));
        }
        return _plan with { Alternatives = PlanAlternatives.Cheapest(_plan.Alternatives, one => _prices[one]) };
    }

    /// <summary>Returns the description of the plan for a question: its alternatives in their order, each with its price. With several instances, the price is that of each.</summary>
    public string Describe(LaunchPlan plan, int count = 1)
    {
        string each = count == 1 ? "" : " each";
        if (plan.IsSingle)
            return WithPrice(plan.Alternatives[0], each);
        string all = plan.Alternatives.Count == 1 ? Priced(plan.Alternatives[0], each)
            : string.Join("; ", plan.Alternatives.Select((one, at) => (at + 1).ToString(CultureInfo.InvariantCulture) + ". " + Priced(one, each)).ToArray());
        return all + (plan.RetryFor == TimeSpan.Zero ? "" : "; again for " + Display.Duration(plan.RetryFor) + " while there is no capacity");
    }

    private string Priced(LaunchRequest request, string each) => WithPrice(request, each) + (_prices[request] is null ? ", price unknown" : "");

    private string WithPrice(LaunchRequest request, string each) => LaunchWords.Describe(request) + (_prices[request] is { } known ? ", about " + Display.PerHour(known) + each : "");
}
