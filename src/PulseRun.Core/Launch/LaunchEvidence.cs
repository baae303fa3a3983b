using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>
/// Decides whether an instance that fits a launch may be adopted although the server never answered. A server that keeps its client waiting until the time limit is in trouble, so the launch is likely not to have happened;
/// and in that long time another user of the account may launch the same. Then a fit is no proof: it also takes evidence that no other user launches in this account.
/// </summary>
/// <remarks>
/// A launch that a person cancelled after that time counts as one that timed out. A process that was killed, or cancelled before, says nothing against the success of its launch, but an instance that was created later than <see cref="Short"/> after the sending takes evidence too.
/// A connection that was cut soon, or an error of the server, leaves a short time in which another launch is unlikely.
/// </remarks>
internal static class LaunchEvidence
{
    /// <summary>The time for which a launch may be under way without needing evidence.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    /// <summary>The time for which the account must have been in use from here, and from nowhere else.</summary>
    public static readonly TimeSpan Alone = TimeSpan.FromHours(1);

    /// <summary>Returns true when a fit alone does not prove that an instance is the result of a launch.</summary>
    public static bool IsNeeded(LaunchIntent launch) =>
        launch is { Record: { IsAnswered: false, Ended: not null }, Created: { } window } && window.Until - window.From > Short;

    /// <summary>Returns true when every known instance of the account was launched from here, the first one long before a launch.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="journal">The data of the journal and of the history.</param>
    /// <param name="listed">The listed instances of this kind.</param>
    public static bool IsThere(LaunchIntent launch, JournalView journal, IReadOnlyCollection<Instance> listed)
    {
        var fitting = new HashSet<string>(listed.Where(one => MatchScore.Of(launch, one) != Fit.No).Select(static one => one.Id), StringComparer.Ordinal);
        return WasUsedBefore() && !listed.Select(static one => one.Id).Concat(journal.Numbers.Keys).Any(id => !journal.Claimed.Contains(id) && !fitting.Contains(id));

        bool WasUsedBefore() =>
            journal.Launched.Any(sent => launch.Record.Sent?.Since(sent) >= Alone)
            || (launch.Created is { } window && listed.Any(one => journal.Claimed.Contains(one.Id) && window.From - one.CreatedAt >= Alone));
    }
}
