using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Launch;

/// <summary>Makes the alternatives of a launch plan from lists of values, and orders them.</summary>
internal static class PlanAlternatives
{
    /// <summary>The largest number of alternatives. One round of them must not use up the rate limit for minutes.</summary>
    public const int Most = 100;

    private static readonly string?[] s_default = [null];

    /// <summary>Returns the values of one parameter. A text with <c>;</c> between values, as a cell of a CSV file has it, counts as several.</summary>
    /// <param name="field">The parameter, for the error.</param>
    /// <param name="given">The values as given; null for none.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is empty or given twice.</exception>
    public static IReadOnlyList<string> Values(string field, IReadOnlyList<string?>? given)
    {
        if (given is null || given.Count == 0)
            return [];
        var values = given.SelectMany(static one => (one ?? "").Split(';')).Select(static one => one.Trim()).ToList();
        if (values.Exists(static one => one.Length == 0))
            throw Refuse(field, values.Count == 1 ? "the value is empty." : "one of the " + values.Count.ToString(CultureInfo.InvariantCulture) + " values is empty.");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (values.Find(one => !seen.Add(one)) is { } twice)
            throw Refuse(field, "'" + CleanText.Clean(twice, 60) + "' is given twice.");
        return values;
    }

    /// <summary>Returns the alternatives: all regions, providers and markets of the first GPU type, then those of the next.</summary>
    /// <param name="rest">The settings that all alternatives have in common.</param>
    /// <param name="gpus">The GPU types.</param>
    /// <param name="regions">The regions; empty for the server's default.</param>
    /// <param name="providers">The providers; empty for the server's default.</param>
    /// <param name="spots">The kinds of instances, true for spot, in the order in which they are tried; null in it for the server's default.</param>
    /// <exception cref="PulseRunException">InvalidRequest: there is none, there are too many, or the server would refuse one.</exception>
    public static IReadOnlyList<LaunchRequest> Of(LaunchRequest rest, IReadOnlyList<string> gpus, IReadOnlyList<string?> regions, IReadOnlyList<string?> providers, IReadOnlyList<bool?> spots)
    {
        if (gpus.Count == 0)
            throw Refuse("Gpu", "a launch needs a GPU type, for example h100_80gb.");
        regions = regions.Count == 0 ? s_default : regions;
        providers = providers.Count == 0 ? s_default : providers;
        long all = (long)gpus.Count * regions.Count * providers.Count * spots.Count;
        if (all > Most)
        {
            throw Refuse("Gpu", string.Format(
                CultureInfo.InvariantCulture, "the plan has {0} alternatives ({1} GPU types, {2} regions, {3} providers, {4} markets), and at most {5} are possible.",
                all, gpus.Count, regions.Count, providers.Count, spots.Count, Most));
        }
        var found = new List<LaunchRequest>((int)all);
        foreach (string gpu in gpus)
        {
            foreach (string? region in regions)
            {
                foreach (string? provider in providers)
                {
                    foreach (bool? spot in spots)
                        found.Add(rest.As(gpu, region, provider, spot));
                }
            }
        }
        return found.Select(LaunchRules.Check).OfType<PulseRunException>().FirstOrDefault() is { } wrong ? throw wrong : found;
    }

    /// <summary>Returns the values of <c>spot</c> that a market stands for, in the order in which they are tried.</summary>
    public static IReadOnlyList<bool?> Spots(LaunchMarket market) => market switch
    {
        LaunchMarket.Spot => [true],
        LaunchMarket.SpotFirst => [true, false],
        _ => [false],
    };

    /// <summary>Returns the alternatives with the lowest price first. Those without a known price come last; equal ones keep their order.</summary>
    public static IReadOnlyList<LaunchRequest> Cheapest(IReadOnlyList<LaunchRequest> alternatives, Func<LaunchRequest, decimal?> price) =>
        alternatives.Select(one => (Request: one, Price: price(one))).OrderBy(static one => one.Price is null).ThenBy(static one => one.Price).Select(static one => one.Request).ToList();

    private static PulseRunException Refuse(string field, string why) => new(ErrorIds.InvalidRequest, "Nothing was launched: " + field + ": " + why) { Field = field };
}
