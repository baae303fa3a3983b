using System;

namespace PulseRun.Waiting;

/// <summary>One poll's view of one waited-for instance.</summary>
internal sealed record WaitLook
{
    /// <summary>As the list shows it; null when the list does not.</summary>
    public required Instance? Listed { get; init; }

    /// <summary>False when the list is known to be cut: absence means nothing then.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Whether any list of this wait showed it.</summary>
    public required bool WasListed { get; init; }

    /// <summary>How long the wait has lasted.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>The state just before this command asked for the change; null when it only watches.</summary>
    public string? StatusBefore { get; init; }
}
