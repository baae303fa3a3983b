using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Determines from a list the outcome of launches whose outcome is unknown.</summary>
/// <remarks>
/// A wrong NotLaunched leaves a billed instance unnoticed; a wrong match takes an instance of another launch. Both results therefore require a proof, and everything else is Ambiguous, with candidates.
/// <para>
/// All open launches of the account are matched together, because an instance that fits two of them may be decided by the matches of the others. Which of several equal launches gets an instance does not matter, as long as there are no more instances than launches.
/// An answer can name an instance that an equal launch has already claimed; its launch then looks for another one, as if it had had no answer.
/// </para>
/// <para>
/// Nothing in a list distinguishes an instance of this launch from one that was launched elsewhere at the same time. So a match counts only when the launch has settled, so that its own instance would be listed as well, when no instance can come that another launch needs,
/// and when nothing else launched such instances in this account recently (<see cref="OtherLaunches"/>).
/// </para>
/// </remarks>
internal static class LaunchMatcher
{
    /// <summary>Returns the result for one launch.</summary>
    public static LaunchMatch Match(LaunchLook look, ReconcileInput input) => Match([look], input)[0];

    /// <summary>Returns the results for several launches, in their order.</summary>
    public static IReadOnlyList<LaunchMatch> Match(IReadOnlyList<LaunchLook> looks, ReconcileInput input)
    {
        var wanted = looks.ToDictionary(static look => look.Intent.IntentId);
        // Of equal launches, the one that ended first gets the instance that was created first: a later instance may fit the others only, now or when more answers have narrowed the times.
        var intents = input.Open.Where(open => !wanted.ContainsKey(open.IntentId)).Concat(looks.Select(static look => look.Intent))
            .OrderBy(static intent => intent.Created?.Until ?? DateTimeOffset.MaxValue).ThenBy(static intent => intent.SentAt).ThenBy(static intent => intent.IntentId).ToList();
        // Paging can return one instance twice; the last row is the newest.
        var listed = input.Listed
            .Where(instance => !input.Taken.Contains(instance.Id))
            .GroupBy(static instance => instance.Id, StringComparer.Ordinal)
            .Select(static rows => rows.Last())
            .OrderBy(static instance => instance.CreatedAt)
            .ThenBy(static instance => instance.Id, StringComparer.Ordinal)
            .ToList();
        var fits = intents.ConvertAll(intent => listed.ConvertAll(instance => input.WasThereBefore(intent, instance.Id) ? Fit.No : MatchScore.Of(intent, instance)));
        // An instance that has ended costs nothing. Without a certain fit, it explains no launch.
        var kept = Enumerable.Range(0, listed.Count).Where(x => fits.Exists(row => row[x] == Fit.Yes || (row[x] == Fit.Maybe && !InstanceStatus.IsFinal(listed[x].Status)))).ToList();
        var answers = new Dictionary<Guid, LaunchMatch>();
        var others = new Lazy<OtherLaunches>(() => OtherLaunches.In(listed, intents, fits, i => Together(i, fits, kept)));
        var done = new HashSet<int>();
        for (int i = 0; i < intents.Count; i++)
        {
            if (!wanted.ContainsKey(intents[i].IntentId) || done.Contains(i))
                continue;
            var (group, instances) = Together(i, fits, kept);
            done.UnionWith(group);
            Decide(group, instances);
        }
        return looks.Select(look => answers[look.Intent.IntentId]).ToList();

        void Decide(List<int> group, List<int> instances)
        {
            int[]? launchOf = input.IsComplete && instances.Count > 0 ? Solve(group, instances, intents, fits) : null;
            if (launchOf is not null)
                GiveToThoseThatDecide(group, instances, launchOf);
            // The list may still lack the instance of a launch that has not settled. If it already shows more instances than there are settled launches, that instance may be one more than there are launches.
            bool mayBeTooMany = launchOf is not null && instances.Count > group.Count(IsSettled) && !group.TrueForAll(IsSettled);
            var other = launchOf is null ? null : others.Value.Near(group.ConvertAll(i => intents[i]));
            // The proof must hold for the whole group. If one launch is not proven to have an instance, the instance may be that of another one, which must not be reported as not launched.
            bool isProof = group.TrueForAll(i => input.IsFitProof(intents[i]));
            foreach (int i in group)
            {
                if (!wanted.TryGetValue(intents[i].IntentId, out var look))
                    continue;
                var fitting = instances.Where(x => fits[i][x] != Fit.No).Select(x => listed[x]).ToList();
                int own = launchOf is null ? -1 : Array.IndexOf(launchOf, group.IndexOf(i));
                string? why = input switch
                {
                    { IsComplete: false } => "the list was cut",
                    _ when fitting.Count > 0 && instances.Count > group.Count => "more instances fit than were launched from here",
                    _ when fitting.Count > 0 && launchOf is null => "not everything that may be it can be told from other launches",
                    // A launch that is still open has this instance now. If its own instance is listed later, this instance turns out to belong to the launch that is decided here.
                    _ when own < 0 && launchOf is not null && instances.Where((x, at) => fits[i][x] != Fit.No && !Decides(group[launchOf[at]])).Any() => "what fits may belong to another launch that is still open",
                    _ when fitting.Count > 0 && other is not null => "such instances were also launched from elsewhere in this account (" + other.Id + ")",
                    _ when fitting.Count > 0 && !isProof => "the server gave no answer for a long time, and nothing shows that only this machine launches in this account",
                    _ when fitting.Count > 0 && !input.KnowsAll => "without a journal, the launches of other processes are not known here",
                    _ => null,
                };
                bool waits = other is null && launchOf is not null && fitting.Count > 0 && (mayBeTooMany || !look.IsSettled);
                answers[look.Intent.IntentId] = waits || !look.IsLast
                    ? new LaunchMatch(LaunchMatchKind.NotYet) { Candidates = fitting, Why = look.IsSettled ? "it may belong to another launch that is still under way" : "the server may still be working on it" }
                    : Answer(look, fitting, own < 0 ? null : listed[instances[own]], why);
            }
        }

        bool IsSettled(int i) => wanted.TryGetValue(intents[i].IntentId, out var look) ? look.IsSettled : input.IsSettled(intents[i]);

        bool Decides(int i) => wanted.TryGetValue(intents[i].IntentId, out var look) && look is { IsLast: true, IsSettled: true };

        // Of equal launches, those that decide now get an instance first; the others still wait for their own answers.
        void GiveToThoseThatDecide(List<int> group, List<int> instances, int[] launchOf)
        {
            for (int at = 0; at < group.Count; at++)
            {
                if (!Decides(group[at]) || Array.IndexOf(launchOf, at) >= 0)
                    continue;
                int given = Array.FindIndex(Enumerable.Range(0, instances.Count).ToArray(), x => fits[group[at]][instances[x]] == Fit.Yes && !Decides(group[launchOf[x]])
                    && MatchScore.AreEqual(intents[group[at]].Request, intents[group[launchOf[x]]].Request));
                if (given >= 0)
                    launchOf[given] = at;
            }
        }
    }

    private static LaunchMatch Answer(LaunchLook look, List<Instance> fitting, Instance? own, string? why)
    {
        if (why is not null)
            return new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = fitting, Why = why };
        if (own is not null)
        {
            return new LaunchMatch(InstanceStatus.IsFinal(own.Status) ? LaunchMatchKind.Ended : LaunchMatchKind.Matched)
            {
                Instance = own,
                Candidates = [own],
                MatchedBy = Describe(look.Intent, own),
            };
        }
        return look.IsSettled
            ? new LaunchMatch(LaunchMatchKind.NotLaunched)
            : new LaunchMatch(LaunchMatchKind.Ambiguous) { Why = "the server may still be working on it" };
    }

    /// <summary>Returns the launches and instances that have to be matched together with a launch: all that are connected by fits.</summary>
    private static (List<int> Group, List<int> Instances) Together(int first, List<List<Fit>> fits, List<int> kept)
    {
        var group = new SortedSet<int> { first };
        var instances = new SortedSet<int>();
        var next = new Queue<int>([first]);
        while (next.Count > 0)
        {
            int i = next.Dequeue();
            foreach (int x in kept)
            {
                if (fits[i][x] == Fit.No || !instances.Add(x))
                    continue;
                for (int other = 0; other < fits.Count; other++)
                {
                    if (fits[other][x] != Fit.No && group.Add(other))
                        next.Enqueue(other);
                }
            }
        }
        return (group.ToList(), instances.ToList());
    }

    private static int[]? Solve(List<int> group, List<int> instances, List<LaunchIntent> intents, List<List<Fit>> fits)
    {
        var first = new List<int>();
        var kinds = group.ConvertAll(i =>
        {
            int kind = first.FindIndex(one => MatchScore.AreEqual(intents[one].Request, intents[i].Request));
            if (kind < 0)
            {
                kind = first.Count;
                first.Add(i);
            }
            return kind;
        });
        var table = new Fit[group.Count, instances.Count];
        for (int i = 0; i < group.Count; i++)
        {
            for (int x = 0; x < instances.Count; x++)
                table[i, x] = fits[group[i]][instances[x]];
        }
        return LaunchAssignment.Solve(kinds, table);
    }

    private static string Describe(LaunchIntent intent, Instance instance)
    {
        double seconds = (instance.CreatedAt!.Value - intent.Created!.Sent).TotalSeconds;
        return string.Format(
            CultureInfo.InvariantCulture,
            "gpu, template, spot, region and provider, created {0:0.#} s {1} it was sent by the server's clock",
            Math.Abs(seconds),
            seconds < 0 ? "before" : "after");
    }
}
