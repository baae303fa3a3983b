using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>
/// Contains the listed instances that no launch of this store explains. They show that instances of their kind are also launched from elsewhere: another machine or user, the web page, or the server itself when it moves an instance.
/// Then an instance that fits a lost launch may be one of those.
/// </summary>
/// <remarks>
/// If such instances are launched elsewhere once in a time T, one of them falls into the time in which a launch was under way with a probability of that time divided by T.
/// So with an instance of the last 1,000 times of that length nothing is matched; with older ones, fewer than one lost launch in 1,000 is matched with an instance of another launch.
/// </remarks>
internal sealed class OtherLaunches(IReadOnlyList<Instance> unexplained)
{
    /// <summary>The factor for the time for which an instance that was launched elsewhere prevents a match: so many times as long as the launch was under way.</summary>
    private const int Odds = 1000;

    /// <summary>The shortest time for which an instance that was launched elsewhere prevents a match. Launches from elsewhere come in groups.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromHours(2);

    /// <summary>By how much the bounds of the time in which a launch was under way are unsharp at most, both together.</summary>
    private static readonly TimeSpan s_unsharp = TimeSpan.FromSeconds(4);

    /// <summary>Returns the instances that neither a claim nor an open launch explains.</summary>
    /// <param name="listed">The listed instances that no launch has claimed.</param>
    /// <param name="intents">All open launches.</param>
    /// <param name="fits">The fit of each launch (first index) with each instance (second index).</param>
    /// <param name="together">Returns the launches and instances that are matched together with a launch.</param>
    public static OtherLaunches In(
        IReadOnlyList<Instance> listed, IReadOnlyList<LaunchIntent> intents, IReadOnlyList<List<Fit>> fits, Func<int, (List<int> Group, List<int> Instances)> together)
    {
        var explained = new HashSet<int>();
        for (int i = 0; i < intents.Count; i++)
        {
            if (!fits[i].Exists(static fit => fit != Fit.No))
                continue;
            var (group, instances) = together(i);
            // An instance that only may be its result is not explained by it: a launch that stays open would hide every instance that was launched elsewhere within some minutes of it.
            if (instances.Count <= group.Count)
                explained.UnionWith(instances.Where(x => group.Exists(one => fits[one][x] == Fit.Yes)));
        }
        return new OtherLaunches(Enumerable.Range(0, listed.Count).Where(x => !explained.Contains(x)).Select(x => listed[x]).ToList());
    }

    /// <summary>Returns an instance that shows that launches such as these are also made elsewhere at this time; null for none.</summary>
    public Instance? Near(IReadOnlyCollection<LaunchIntent> launches) =>
        unexplained.FirstOrDefault(one => launches.Any(launch => launch.Created is { } window && one.CreatedAt is { } created
            && IsNear(window, created) && MatchScore.OfKind(launch.Request, one) != Fit.No));

    private static bool IsNear(CreationWindow window, DateTimeOffset created)
    {
        double seconds = Math.Max(Shortest.TotalSeconds, Odds * (window.Until - window.From + s_unsharp).TotalSeconds);
        return (created < window.From ? window.From - created : created - window.Until).TotalSeconds < seconds;
    }
}
