using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Launching;

/// <summary>Finds out from a list whether a doubtful launch launched (design.md section 4).</summary>
/// <remarks>
/// A wrong NotLaunched leaves an instance that burns unseen; a wrong match takes somebody else's. So each is said only when proven, and everything else is Ambiguous and names its candidates.
/// <para>
/// Own intents that ask for the same are interchangeable: it does not matter which of them gets an instance, as long as there are no more instances than intents. So when settled, each takes the oldest one that nobody has claimed;
/// the claim is unique in the store, and whoever loses it matches again without that instance. An answer may come to name an instance that an equal intent has claimed: then whoever got it looks for another one, as if in doubt.
/// Before settling, an instance that does not show yet may be the right one, so none is taken that an equal intent may own.
/// </para>
/// </remarks>
internal static class LaunchMatcher
{
    public static LaunchMatch Match(LaunchIntent intent, LaunchScene scene)
    {
        var rivals = scene.Rivals.Where(rival => rival.IntentId != intent.IntentId).ToList();
        var equals = rivals.Where(rival => LaunchFit.AreEqual(rival.Request, intent.Request)).ToList();
        var others = rivals.Except(equals).ToList();

        // A list read page by page may show one instance twice.
        var fitting = scene.Listed
            .Where(instance => !scene.Taken.Contains(instance.Id) && MayOwn(intent, instance))
            .GroupBy(instance => instance.Id, StringComparer.Ordinal)
            .Select(rows => rows.Last())
            .OrderBy(instance => instance.CreatedAt)
            .ThenBy(instance => instance.Id, StringComparer.Ordinal)
            .ToList();
        var certain = fitting.Where(instance => IsCertain(intent, instance) && !others.Any(other => MayOwn(other, instance))).ToList();

        string? why = scene switch
        {
            { IsComplete: false } => "the list was cut",
            _ when fitting.Count > certain.Count => "not everything that may be it can be told from other launches",
            _ when Outnumber(certain, [intent, .. equals]) => "more instances fit than were launched from here",
            _ => null,
        };
        bool isDisputed = !scene.IsSettled && certain.Any(instance => equals.Any(equal => MayOwn(equal, instance)));

        if (why is null && certain.Count > 0 && !isDisputed)
            return new LaunchMatch(LaunchMatchKind.Matched) { Instance = certain[0], Candidates = [certain[0]], MatchedBy = Describe(intent, certain[0], scene.ServerSkew) };
        if (!scene.IsSettled)
            return new LaunchMatch(LaunchMatchKind.NotYet) { Candidates = fitting };
        return why is null
            ? new LaunchMatch(LaunchMatchKind.NotLaunched)
            : new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = fitting, Why = why };

        bool IsCertain(LaunchIntent launch, Instance instance) => LaunchFit.Of(launch, instance, scene.ServerSkew) == Fit.Yes;

        bool MayOwn(LaunchIntent launch, Instance instance) => LaunchFit.Of(launch, instance, scene.ServerSkew) != Fit.No;

        // Oldest first: a later instance has at least the same intents to choose from, so none is left over that need not be.
        bool Outnumber(List<Instance> instances, List<LaunchIntent> intents) =>
            instances.Any(instance => !intents.Remove(intents.Find(launch => IsCertain(launch, instance))!));
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
