using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Selects the launches of earlier commands whose outcome a command finds out. The one rule for all commands that do.</summary>
internal static class LaunchSelection
{
    /// <summary>Returns the launches that are open, and then those that are to be looked at once more.</summary>
    /// <param name="left">What earlier commands left.</param>
    /// <param name="withElsewhere">True to include launches that a command on another machine may be working on: only a person can decide that it does not.</param>
    public static IReadOnlyList<LaunchRecord> ToFind(LaunchesLeft left, bool withElsewhere) =>
        left.ToResolve.Where(record => withElsewhere || record.OwnerState != OwnerState.Elsewhere).Concat(left.ToLookAtAgain).ToList();

    /// <summary>True when the user does not know the outcome yet. A launch that was reported as not launched, and still is not listed, is no news.</summary>
    public static bool IsNews(LaunchRecord before, PulseRun.Launch found) => before.Outcome != found.Outcome;

    /// <summary>Returns why a launch that was named by its id cannot be resolved now; null when it can.</summary>
    /// <param name="id">The id that was named.</param>
    /// <param name="record">What the journal has under the id; null when it has nothing.</param>
    public static PulseRunException? Refuse(Guid id, LaunchRecord? record) => record switch
    {
        null => new PulseRunException(ErrorIds.InvalidRequest, "No launch " + id + " is in the journal of this connection.") { Field = "IntentId" },
        { Outcome: null, OwnerState: OwnerState.Alive } => new PulseRunException(ErrorIds.Conflict, "Launch " + id + " is still under way in another command, which finds out itself."),
        _ => null,
    };
}
