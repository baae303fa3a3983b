using System;
using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>What is known at the moment launches are looked for.</summary>
internal sealed record ReconcileInput
{
    /// <summary>The list, as the server gave it.</summary>
    public required IReadOnlyList<Instance> Listed { get; init; }

    /// <summary>False when the list is known to be cut: then what it lacks may exist, and what it has may not be alone.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The instances that other intents have claimed.</summary>
    public required ISet<string> Taken { get; init; }

    /// <summary>True when an instance was there before a launch was sent, so that it cannot be its.</summary>
    public Func<LaunchIntent, string, bool> WasThereBefore { get; init; } = static (_, _) => false;

    /// <summary>All open intents of the account, in this process and in others. The journal is read after the list: what was unsent then cannot be in it.</summary>
    public required IReadOnlyList<LaunchIntent> Open { get; init; }

    /// <summary>False when launches of other processes are not known here, so that no instance can be taken by what it looks like.</summary>
    public bool KnowsAll { get; init; } = true;
}
