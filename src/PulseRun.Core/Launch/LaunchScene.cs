using System;
using System.Collections.Generic;

namespace PulseRun.Launching;

/// <summary>What is known at the moment a doubtful launch is looked for.</summary>
internal sealed record LaunchScene
{
    /// <summary>The list, as the server gave it.</summary>
    public required IReadOnlyList<Instance> Listed { get; init; }

    /// <summary>False when the list is known to be cut: then what it lacks may exist, and what it has may not be alone.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The server's clock minus this machine's (Date header); null when the server never told the time.</summary>
    public TimeSpan? ServerSkew { get; init; }

    /// <summary>The ids that cannot be it: claimed by other intents, or seen before the launch was sent.</summary>
    public required ISet<string> Taken { get; init; }

    /// <summary>The other open intents of the account, in this process and in others (<see cref="LaunchIntent.Unclaimed"/>).</summary>
    public IReadOnlyList<LaunchIntent> Rivals { get; init; } = [];

    /// <summary>Whether the list was asked for at least the settle time after the launch ended in doubt: what is not in it now will not come.</summary>
    public required bool IsSettled { get; init; }
}
