using System;
using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Contains what is known when launches are matched with a list.</summary>
internal sealed record ReconcileInput
{
    /// <summary>Gets the listed instances in the server's order.</summary>
    public required IReadOnlyList<Instance> Listed { get; init; }

    /// <summary>False when the list was truncated: other instances may exist.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Gets the instances that other intents have claimed.</summary>
    public required ISet<string> Taken { get; init; }

    /// <summary>Returns true when an instance existed before a launch was sent, so that it cannot be its result.</summary>
    public Func<LaunchIntent, string, bool> WasThereBefore { get; init; } = static (_, _) => false;

    /// <summary>Gets all open intents of the account, in this process and others. The journal is read after the list, so an intent that was not sent by then cannot be in the list.</summary>
    public required IReadOnlyList<LaunchIntent> Open { get; init; }

    /// <summary>Returns true when the list contains the instance of an open launch, if it has one. A launch that is looked for says so itself.</summary>
    public Func<LaunchIntent, bool> IsSettled { get; init; } = static _ => true;

    /// <summary>Returns true when a fit proves that an instance is the result of a launch: see <see cref="LaunchEvidence"/>.</summary>
    public Func<LaunchIntent, bool> IsFitProof { get; init; } = static _ => true;

    /// <summary>False when launches of other processes are not known, so that no instance can be adopted by its properties.</summary>
    public bool KnowsAll { get; init; } = true;
}
