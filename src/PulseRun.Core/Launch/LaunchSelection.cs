using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Selects the launches of earlier commands whose outcome a command finds out. The one rule for all commands that do.</summary>
internal static class LaunchSelection
{
    private static readonly string[] s_hostsOfThisMachine = ["://127.", "://localhost", "://[::1]", "://emulator.pulserun.invalid"];

    /// <summary>Returns the launches that are open, and then those that are to be looked at once more.</summary>
    /// <param name="left">The launches that earlier commands left.</param>
    /// <param name="withElsewhere">True to include launches that a command on another machine may be working on: only a person can decide that it does not.</param>
    public static IReadOnlyList<LaunchRecord> ToFind(LaunchesLeft left, bool withElsewhere) =>
        left.ToResolve.Where(record => withElsewhere || record.OwnerState != OwnerState.Elsewhere).Concat(left.ToLookAtAgain).ToList();

    /// <summary>Returns the numbers of open launches of other connections that a user should know of, by connection. A living command finishes its own launches, and an emulator of yesterday is gone.</summary>
    /// <param name="elsewhere">The open launches of other accounts.</param>
    /// <param name="now">The present time.</param>
    /// <returns>The connections in alphabetical order; null for launches of earlier versions, which did not record theirs.</returns>
    public static IReadOnlyList<(string? Origin, int Count)> Mentioned(IEnumerable<LaunchRecord> elsewhere, DateTimeOffset now) =>
        elsewhere.Where(record => record.OwnerState != OwnerState.Alive && (!IsOfThisMachine(record.Origin) || now - record.RequestedAt < TimeSpan.FromDays(1)))
            .GroupBy(static record => record.Origin)
            .Select(static group => (group.Key, group.Count()))
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .ToList();

    private static bool IsOfThisMachine(string? origin) =>
        origin is not null && Array.Exists(s_hostsOfThisMachine, origin.Contains);

    /// <summary>True when the user does not know the outcome yet. A launch that was reported as not launched, and still is not listed, is no news.</summary>
    public static bool IsNews(LaunchRecord before, PulseRun.Launch found) => before.Outcome != found.Outcome;

    /// <summary>Returns why a launch that was named by its id cannot be resolved now; null when it can.</summary>
    /// <param name="id">The id that was named.</param>
    /// <param name="record">The entry of the journal under the id; null without one.</param>
    public static PulseRunException? Refuse(Guid id, LaunchRecord? record) => record switch
    {
        null => new PulseRunException(ErrorIds.InvalidRequest, "No launch " + id + " is in the journal of this connection.") { Field = "IntentId" },
        { Outcome: null, OwnerState: OwnerState.Alive } => new PulseRunException(ErrorIds.Conflict, "Launch " + id + " is still under way in another command, which finds out itself."),
        _ => null,
    };
}
