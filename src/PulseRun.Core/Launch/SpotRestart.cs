using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Decides whether work on a spot instance that may be lost is started again on another instance.</summary>
internal static class SpotRestart
{
    /// <summary>The number of times that work is started again, unless the user says otherwise.</summary>
    public const int DefaultMost = 3;

    /// <summary>The time for which an instance with automatic spot recovery is left to the server, which replaces it.</summary>
    public static readonly TimeSpan LeftToServer = TimeSpan.FromMinutes(5);

    /// <summary>The time for which an instance must be missing from complete lists before it counts as lost, because a list may be out of date. An assumption; the API documents no bound.</summary>
    public static readonly TimeSpan Missing = TimeSpan.FromSeconds(30);

    /// <summary>Returns the next step.</summary>
    public static SpotStep Decide(SpotLook look)
    {
        if (!look.IsComplete && look.Listed is null)
            return new SpotStep(SpotStepKind.Wait, Why: "the list is not complete");
        if (look.Listed is { } listed && !InstanceStatus.IsFinal(listed.Status))
            return new SpotStep(SpotStepKind.Alive);
        if (look.Listed is null && look.MissingFor < Missing)
            return new SpotStep(SpotStepKind.Wait, Why: "it is not listed");
        if (!look.IsSpot)
            return new SpotStep(SpotStepKind.GiveUp, Why: "it is not a spot instance");
        if (look.IsRecoveredByServer)
        {
            if (look.Replacements.Count == 1)
                return new SpotStep(SpotStepKind.Replaced, look.Replacements[0]);
            // To launch another one could double it, and to take one of several could take that of another user.
            if (look.Replacements.Count > 1)
                return new SpotStep(SpotStepKind.GiveUp, Why: "several instances may be its replacement: " + string.Join(", ", look.Replacements.Select(static one => one.Id)));
            if (look.MissingFor < LeftToServer)
                return new SpotStep(SpotStepKind.Wait, Why: "the server may replace it");
        }
        return look.Restarts < look.Most
            ? new SpotStep(SpotStepKind.Restart)
            : new SpotStep(SpotStepKind.GiveUp, Why: look.Most == 0 ? "restarts are not allowed" : "it was started again " + look.Restarts.ToString(System.Globalization.CultureInfo.InvariantCulture) + " times");
    }

    /// <summary>Returns the instances that the server may have launched in place of a lost one: equal ones, created after it was seen last, that no launch of this store has.</summary>
    public static IReadOnlyList<Instance> ReplacementsOf(Instance lost, DateTimeOffset lastSeen, IEnumerable<Instance> fleet, ISet<string> claimed) => fleet
        .Where(one => one.Id != lost.Id && !claimed.Contains(one.Id) && !InstanceStatus.IsFinal(one.Status) && one.Spot == lost.Spot
            && string.Equals(one.Gpu, lost.Gpu, StringComparison.OrdinalIgnoreCase) && string.Equals(one.Template, lost.Template, StringComparison.OrdinalIgnoreCase)
            && one.CreatedAt >= lastSeen)
        .ToList();
}

/// <summary>Describes what is known of an instance that may be lost.</summary>
internal sealed record SpotLook
{
    /// <summary>Gets the row of the instance; null when it is not listed.</summary>
    public required Instance? Listed { get; init; }

    /// <summary>False when the list was truncated or failed, so that a missing instance proves nothing.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Gets how long complete lists have lacked the instance, or shown it as ended.</summary>
    public TimeSpan MissingFor { get; init; }

    /// <summary>True for a spot instance.</summary>
    public required bool IsSpot { get; init; }

    /// <summary>True when it was launched with automatic spot recovery.</summary>
    public bool IsRecoveredByServer { get; init; }

    /// <summary>Gets the instances that may replace it (<see cref="SpotRestart.ReplacementsOf"/>).</summary>
    public IReadOnlyList<Instance> Replacements { get; init; } = [];

    /// <summary>Gets how many times the work was started again already.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets how many times it may be started again.</summary>
    public int Most { get; init; } = SpotRestart.DefaultMost;
}

/// <summary>Represents the next step for work on an instance that may be lost.</summary>
/// <param name="Kind">The next step.</param>
/// <param name="Replacement">The instance that the server launched in its place; null for none.</param>
/// <param name="Why">The reason to wait or to give up; null otherwise.</param>
internal sealed record SpotStep(SpotStepKind Kind, Instance? Replacement = null, string? Why = null);

/// <summary>Specifies the next step for work on an instance that may be lost.</summary>
internal enum SpotStepKind
{
    /// <summary>The instance is there; nothing is to be done.</summary>
    Alive,

    /// <summary>Looks again later.</summary>
    Wait,

    /// <summary>Starts the work again on a new instance, by the plan.</summary>
    Restart,

    /// <summary>Starts the work again on the instance that the server launched in its place.</summary>
    Replaced,

    /// <summary>The instance is lost, and the work is not started again.</summary>
    GiveUp,
}
