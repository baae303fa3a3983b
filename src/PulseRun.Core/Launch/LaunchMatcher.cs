using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Launching;

/// <summary>Finds out from a list whether a doubtful launch launched (design.md section 4).</summary>
/// <remarks>
/// A wrong NotLaunched leaves an instance that burns unseen; a wrong match takes somebody else's. So each is said only when proven, and everything else is Ambiguous and names its candidates.
/// Own intents that ask for the same are interchangeable: it does not matter which of them an instance is given to, as long as there are no more instances than intents.
/// Any order in which they resolve, in whatever processes, gives each instance to one of them.
/// </remarks>
internal static class LaunchMatcher
{
    public static LaunchMatch Match(LaunchIntent intent, LaunchScene scene)
    {
        var rivals = scene.Rivals.Where(rival => rival.IntentId != intent.IntentId).ToList();
        var peers = rivals.Where(rival => LaunchFit.AreEqual(rival.Request, intent.Request)).ToList();
        var others = rivals.Except(peers).ToList();

        var fitting = scene.Listed
            .Where(instance => !scene.Taken.Contains(instance.Id) && FitOf(intent, instance) != Fit.No)
            .GroupBy(instance => instance.Id, StringComparer.Ordinal)
            .Select(rows => rows.Last())
            .OrderBy(instance => instance.CreatedAt)
            .ThenBy(instance => instance.Id, StringComparer.Ordinal)
            .ToList();
        var certain = fitting.Where(instance => FitOf(intent, instance) == Fit.Yes && !others.Any(other => MayOwn(other, instance))).ToList();
        var mine = Share(intent, peers, certain, out bool tooMany);

        string? why = scene switch
        {
            { IsComplete: false } => "the list was cut",
            _ when certain.Any(instance => peers.Any(peer => peer.IsInFlight && MayOwn(peer, instance))) => "another launch of the same kind is still on its way",
            _ when tooMany => "more instances fit than were launched from here",
            _ when fitting.Count > certain.Count => "not everything that may be it can be told from other launches",
            _ => null,
        };

        if (why is null && mine is not null)
            return new LaunchMatch(LaunchMatchKind.Matched) { Instance = mine, Candidates = [mine], MatchedBy = Describe(intent, mine, scene.ServerSkew) };
        if (!scene.IsSettled)
            return new LaunchMatch(LaunchMatchKind.NotYet) { Candidates = fitting };
        return why is null
            ? new LaunchMatch(LaunchMatchKind.NotLaunched)
            : new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = fitting, Why = why };

        Fit FitOf(LaunchIntent launch, Instance instance) => LaunchFit.Of(launch, instance, scene.ServerSkew);

        bool MayOwn(LaunchIntent rival, Instance instance) => FitOf(rival, instance) != Fit.No;

        // Oldest instance first, each to the youngest intent that was sent before it: every later instance has at least the same intents to choose from, so none is left over that need not be.
        Instance? Share(LaunchIntent self, List<LaunchIntent> equals, List<Instance> instances, out bool leftOver)
        {
            var open = equals.Append(self).OrderByDescending(launch => launch.SentAt).ThenBy(launch => launch.IntentId).ToList();
            Instance? own = null;
            leftOver = false;
            foreach (var instance in instances)
            {
                int taker = open.FindIndex(launch => FitOf(launch, instance) == Fit.Yes);
                if (taker < 0)
                {
                    leftOver = true;
                    continue;
                }
                if (ReferenceEquals(open[taker], self))
                    own = instance;
                open.RemoveAt(taker);
            }
            return own;
        }
    }

    private static string Describe(LaunchIntent intent, Instance instance, TimeSpan? serverSkew)
    {
        double seconds = (instance.CreatedAt!.Value - intent.SentAt - (serverSkew ?? TimeSpan.Zero)).TotalSeconds;
        return string.Format(
            CultureInfo.InvariantCulture,
            "gpu, template, spot, region and provider, created {0:0.#} s {1} it was sent by {2}",
            Math.Abs(seconds),
            seconds < 0 ? "before" : "after",
            serverSkew is null ? "this machine's clock (the server told no time)" : "the server's clock");
    }
}
